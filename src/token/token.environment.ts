import type { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';

import type { TokenOptions } from './token.options.js';

/** The options of the service: those of its variables. */
export function tokenOptions(config: ConfigService<Environment, true>): TokenOptions {
  return {
    tokenTtl: config.get('TOKEN_TTL', { infer: true }),
    clientFields: config.get('CLIENT_FIELDS', { infer: true }),
    responseFormat: config.get('TOKEN_RESPONSE_FORMAT', { infer: true }),
  };
}
