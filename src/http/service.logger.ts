/** Nest's own logger, as JSON or readable lines, that marks every line with the id of the request it was written for. */
import { ConsoleLogger, Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';

import { currentContext } from './request-context.js';

/** A net below the rule that no caller passes these: what bears such a name is masked wherever it sits in a line. */
const SECRETS = ['authorization', 'token', 'participant_token', 'secret', 'password', 'turnPassword', 'access_token'];

@Injectable()
export class ServiceLogger extends ConsoleLogger {
  constructor(config: ConfigService<Environment, true>) {
    const json = config.get('LOG_FORMAT', { infer: true }) === 'json';
    super({ json, colors: !json && process.stdout.isTTY, compact: true, flattenParams: true, redact: SECRETS });
  }

  protected override printMessages(...[messages, context, level, stream, stack, params]: PrintArguments): void {
    const requestId = currentContext()?.requestId;
    super.printMessages(messages, context, level, stream, stack, requestId ? { requestId, ...params } : params);
  }
}

type PrintArguments = Parameters<ConsoleLogger['printMessages']>;
