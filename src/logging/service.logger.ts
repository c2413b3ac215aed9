/** Nest's logger, one line an entry, JSON or readable, with the id of the request that it was written for. */
import { inspect } from 'node:util';

import { ConsoleLogger, Injectable, type LogLevel } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { trace } from '@opentelemetry/api';

import type { Environment } from '../config/environment.js';

import { standardOutput } from './line-buffer.js';
import { isPlainObject } from './plain-object.js';
import { currentContext, currentTraceContext } from './request-context.js';
import { SECRET_NAMES } from './secret-names.js';
import { visible } from './visible.js';

type Fields = Record<string, unknown>;

@Injectable()
export class ServiceLogger extends ConsoleLogger {
  private readonly json: boolean;
  private stampedAt = 0;
  private stamp = '';

  constructor(config: ConfigService<Environment, true>) {
    const json = config.get('LOG_FORMAT', { infer: true }) === 'json';
    super({
      json,
      colors: !json && process.stdout.isTTY === true,
      compact: true,
      flattenParams: true,
      redact: [...SECRET_NAMES],
    });
    this.json = json;
  }

  /** Entries that are more than a text with fields, such as errors with their causes, are formatted by Nest. */
  protected override printMessages(
    messages: unknown[],
    context = '',
    level: LogLevel = 'log',
    stream?: 'stdout' | 'stderr',
    stack?: unknown,
    params: Fields = {},
  ): void {
    const ids = idsBeside(params);
    const [message] = messages;
    const plain = messages.length === 1 && typeof message === 'string' && stream !== 'stderr';
    if (plain && this.write(level, message, context, params, ids)) return;
    standardOutput.flush();
    super.printMessages(messages, context, level, stream, stack, withIds(params, ids));
  }

  protected override stringifyJsonLogObject(entry: Fields): string {
    return visible(super.stringifyJsonLogObject(entry));
  }

  protected override stringifyMessage(message: unknown, level: LogLevel): string {
    return this.colorize(visible(typeof message === 'string' ? message : inspect(message)), level);
  }

  protected override stringifyParams(fields: Fields): string {
    return visible(inspect(fields, { compact: true, breakLength: Infinity }));
  }

  protected override printStackTrace(stack: string): void {
    super.printStackTrace(stack && visible(stack));
  }

  /** Returns false for fields that JSON cannot hold: Nest writes these. A log line must not fail its caller. */
  private write(level: LogLevel, message: string, context: string, fields: Fields, ids: Fields | undefined): boolean {
    try {
      standardOutput.add(
        this.json
          ? this.asJson(message, context, level, fields, ids)
          : this.asText(message, context, level, withIds(fields, ids)),
      );
      return true;
    } catch {
      return false;
    }
  }

  private asText(message: string, context: string, level: LogLevel, fields: Fields): string {
    const marked = this.colorize(level.toUpperCase().padStart(7), level);
    let text = message;
    for (const name of Object.keys(fields)) text += ` ${name}=${JSON.stringify(this.masked(name, fields[name]))}`;
    return `${this.timestamp()} ${marked} ${this.formatContext(context)}${visible(text)}\n`;
  }

  /** The log's own fields come last, so that an entry cannot replace them. */
  private asJson(message: string, context: string, level: LogLevel, fields: Fields, ids: Fields | undefined): string {
    const entry: Fields = {};
    for (const name of Object.keys(fields)) entry[name] = this.masked(name, fields[name]);
    Object.assign(entry, ids, { level, pid: process.pid, timestamp: Date.now(), message, context });
    return `${visible(JSON.stringify(entry))}\n`;
  }

  /** Formatted once a millisecond: it takes a tenth of the time of a line. */
  private timestamp(): string {
    const now = Date.now();
    if (now !== this.stampedAt) {
      this.stampedAt = now;
      this.stamp = new Date(now).toISOString();
    }
    return this.stamp;
  }

  private masked(name: string, value: unknown): unknown {
    if (SECRET_NAMES.has(name.toLowerCase())) return '[REDACTED]';
    if (typeof value !== 'object' || value === null) return value;
    // For example the grants of a token that has none.
    return isPlainObject(value) && Object.keys(value).length === 0 ? value : this.redact(value);
  }
}

/** The ids of the request and its trace, sampled or not. Undefined if the fields have them all. */
function idsBeside(fields: Fields): Fields | undefined {
  const requestId = currentContext()?.requestId;
  const isKnown = requestId === undefined || fields['requestId'] === requestId;
  const context = currentTraceContext();
  const span = context && trace.getSpanContext(context);
  if (span === undefined) return isKnown ? undefined : { requestId };
  const { traceId, spanId } = span;
  return isKnown ? { traceId, spanId } : { requestId, traceId, spanId };
}

const withIds = (fields: Fields, ids: Fields | undefined): Fields =>
  ids === undefined ? fields : { ...fields, ...ids };
