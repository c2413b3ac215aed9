/** Nest's logger as one line an entry, JSON or readable, that bears the id of the request it was written for. */
import { ConsoleLogger, Injectable, type LogLevel } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';

import { standardOutput } from './line-buffer.js';
import { currentContext } from './request-context.js';

/** A net below the rule that no caller passes these: what bears such a name is masked wherever it sits in an entry. */
const SECRETS = [
  'authorization',
  'token',
  'participant_token',
  'access_token',
  'secret',
  'password',
  'turnPassword',
  'streamKey',
];

type Fields = Record<string, unknown>;

@Injectable()
export class ServiceLogger extends ConsoleLogger {
  private readonly json: boolean;

  constructor(config: ConfigService<Environment, true>) {
    const json = config.get('LOG_FORMAT', { infer: true }) === 'json';
    super({
      json,
      colors: !json && process.stdout.isTTY === true,
      compact: true,
      flattenParams: true,
      redact: SECRETS,
    });
    this.json = json;
  }

  protected override printMessages(
    messages: unknown[],
    context = '',
    level: LogLevel = 'log',
    stream?: 'stdout' | 'stderr',
    stack?: unknown,
    params?: Fields,
  ): void {
    const requestId = currentContext()?.requestId;
    const fields = requestId === undefined ? params : { ...params, requestId };
    const line = stream === 'stderr' ? undefined : this.lineOf(messages, context, level, fields);
    if (line !== undefined) {
      standardOutput.add(line);
      return;
    }
    standardOutput.flush();
    super.printMessages(messages, context, level, stream, stack, fields);
  }

  /** Of a text with fields that JSON can hold; whatever is more than that is rare, and Nest's to write. */
  private lineOf(messages: unknown[], context: string, level: LogLevel, fields?: Fields): string | undefined {
    const [message] = messages;
    if (messages.length > 1 || typeof message !== 'string') return undefined;
    const masked = this.redact(fields) as Fields | undefined;
    try {
      return this.json ? asJson(message, context, level, masked) : this.asText(message, context, level, masked);
    } catch {
      // A BigInt, such as LiveKit's times are, or a circle: a log line never fails whoever writes it.
      return undefined;
    }
  }

  private asText(message: string, context: string, level: LogLevel, fields: Fields = {}): string {
    const pairs = Object.entries(fields).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
    const marked = this.colorize(level.toUpperCase().padStart(7), level);
    return `${new Date().toISOString()} ${marked} ${this.formatContext(context)}${message}${pairs.join('')}\n`;
  }
}

/** The fields of the entry come last, and cannot stand for those of the log itself. */
function asJson(message: string, context: string, level: LogLevel, fields: Fields = {}): string {
  const entry = { level, pid: process.pid, timestamp: Date.now(), message, context };
  return `${JSON.stringify({ ...fields, ...entry })}\n`;
}
