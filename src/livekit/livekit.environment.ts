import type { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';

import type { LiveKitOptions } from './livekit.options.js';

/** The options of the service: those of its variables. */
export function liveKitOptions(config: ConfigService<Environment, true>): LiveKitOptions {
  const { pairs, file, strict } = config.get('LIVEKIT_KEYS', { infer: true });
  return {
    url: config.get('LIVEKIT_URL', { infer: true }),
    internalUrl: config.get('LIVEKIT_INTERNAL_URL', { infer: true }),
    keys: pairs,
    keysFile: file,
    strictKeys: strict,
  };
}
