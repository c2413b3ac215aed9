/** Catches what the service writes to stdout and stderr, so that tests can read its log. */

import { standardOutput } from '../../src/logging/line-buffer.js';

export interface CapturedOutput {
  readonly text: () => string;
  /** The lines written as JSON objects, when LOG_FORMAT is json. */
  readonly lines: () => Record<string, unknown>[];
  readonly release: () => void;
}

export function captureOutput(): CapturedOutput {
  const chunks: string[] = [];
  const streams = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write }));
  for (const { stream } of streams) {
    stream.write = (chunk: string | Uint8Array): boolean => {
      chunks.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
      return true;
    };
  }
  const text = (): string => {
    // What is there to be written, without waiting for its time.
    standardOutput.flush();
    return chunks.join('');
  };
  return {
    text,
    lines: () =>
      text()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    release: () => {
      standardOutput.flush();
      for (const { stream, write } of streams) stream.write = write;
    },
  };
}
