/** Captures all that the process writes to stdout and stderr. */

import { standardOutput } from '../../src/logging/line-buffer.js';

export interface CapturedOutput {
  readonly text: () => string;
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
    release: () => {
      standardOutput.flush();
      for (const { stream, write } of streams) stream.write = write;
    },
  };
}
