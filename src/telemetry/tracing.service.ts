import { diag, type DiagLogger, DiagLogLevel } from '@opentelemetry/api';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';

import { activeTracer, stopTracing } from './tracing.js';

/** An unreachable collector fails an export every few seconds. */
const SILENT_FOR_MS = 60_000;

/** Logs why traces are not exported, and exports the last ones when the application stops. */
@Injectable()
export class TracingService implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Tracing');
  private silentUntil = -Infinity;

  onModuleInit(): void {
    if (activeTracer() === undefined) return;
    const report = (...[message]: Parameters<DiagLogger['warn']>): void => this.report(message);
    const ignore = (): void => undefined;
    diag.setLogger(
      { error: report, warn: report, info: ignore, debug: ignore, verbose: ignore },
      { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
    );
    this.logger.log('Traces are exported');
  }

  async onApplicationShutdown(): Promise<void> {
    await stopTracing();
  }

  /** The message itself may quote what the collector responded. */
  private report(message: string): void {
    const now = performance.now();
    if (now < this.silentUntil) return;
    this.silentUntil = now + SILENT_FOR_MS;
    this.logger.warn('Traces cannot be exported, or not all of them', { reason: reasonIn(message) });
  }
}

/** The SDK reports errors as JSON texts. */
function reasonIn(message: string): string {
  const [, code] = /"code":"(\w+)"/.exec(message) ?? [];
  const [, name] = /"name":"(\w+)"/.exec(message) ?? [];
  return code ?? name ?? 'unknown';
}
