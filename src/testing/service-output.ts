import type { LoggerService } from '@nestjs/common';

import { standardOutput } from '../logging/line-buffer.js';

type Log = LoggerService['log'];

const LEVELS = ['log', 'error', 'warn', 'debug', 'verbose', 'fatal'] as const;

/** What the service has written to its log, which does not reach the output of the tests. */
export interface ServiceOutput {
  /** All of it, as it would be in the log. */
  text(): string;
  /** The entries, if LOG_FORMAT is `json`, as `startApp` sets it by default. */
  lines(): Record<string, unknown>[];
}

export class OutputCollector implements ServiceOutput {
  private readonly chunks: string[] = [];

  text(): string {
    return this.chunks.join('');
  }

  lines(): Record<string, unknown>[] {
    return this.text()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Collects what this logger writes from here on. */
  collect(logger: LoggerService): void {
    for (const level of LEVELS) {
      const write: Log | undefined = logger[level]?.bind(logger);
      if (write !== undefined) logger[level] = (...entry: Parameters<Log>) => this.during(() => void write(...entry));
    }
  }

  /**
   * Takes what is written meanwhile. The work is synchronous, so that everything else that the process writes, such as the report of
   * the test runner, goes where it belongs.
   */
  private during(work: () => void): void {
    standardOutput.flush();
    const streams = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write }));
    for (const { stream } of streams) {
      stream.write = (chunk: string | Uint8Array): boolean => {
        this.chunks.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
        return true;
      };
    }
    try {
      work();
      standardOutput.flush();
    } finally {
      for (const { stream, write } of streams) stream.write = write;
    }
  }
}
