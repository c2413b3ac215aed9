/** Follows what a server under test logs. Reads what is new only: the load shares this core, and a log of its requests grows to megabytes. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;

export class LogFile {
  /** Everything before it was read. */
  private position = 0;
  /** The beginning of a line whose end is not yet written. */
  private rest = '';

  constructor(readonly path: string) {}

  /** Leaves out what is in the file so far. */
  skip(): void {
    this.position = statSync(this.path).size;
    this.rest = '';
  }

  /** The match of the next line that matches. Lines after it may be left out. */
  async until(pattern: RegExp, limitMs: number): Promise<RegExpExecArray> {
    const end = performance.now() + limitMs;
    while (performance.now() < end) {
      for (const line of this.newLines()) {
        const match = pattern.exec(line);
        if (match !== null) return match;
      }
      await sleep(POLL_MS);
    }
    throw new Error(`the server does not log ${pattern.source} within ${limitMs} ms`);
  }

  private newLines(): string[] {
    const length = statSync(this.path).size - this.position;
    if (length === 0) return [];
    const file = openSync(this.path, 'r');
    try {
      const bytes = Buffer.alloc(length);
      this.position += readSync(file, bytes, 0, length, this.position);
      const lines = (this.rest + bytes.toString('latin1')).split('\n');
      this.rest = lines.pop() ?? '';
      return lines;
    } finally {
      closeSync(file);
    }
  }
}
