/** Collects lines for ten milliseconds: a system call for each line takes several times the CPU time of the line. */

/** How long a line waits. A process that is killed by SIGKILL loses these lines. */
const WAIT_MS = 10;

const SIZE = 65_536;

/** Of UTF-8, for one UTF-16 code unit. */
const MAX_BYTES_OF_CHARACTER = 3;

export class LineBuffer {
  /** Bytes, not strings: V8 keeps the parts of a concatenated string until it is read. */
  private readonly bytes = Buffer.allocUnsafeSlow(SIZE);
  private used = 0;

  constructor(private readonly stream: NodeJS.WritableStream) {
    // For every kind of exit but a signal that is not handled.
    process.once('exit', () => this.flush());
  }

  add(line: string): void {
    const atMost = line.length * MAX_BYTES_OF_CHARACTER;
    if (this.used + atMost > SIZE) this.flush();
    if (atMost > SIZE) {
      this.stream.write(line);
      return;
    }
    if (this.used === 0) setTimeout(() => this.flush(), WAIT_MS).unref();
    this.used += this.bytes.write(line, this.used);
  }

  flush(): void {
    if (this.used === 0) return;
    // A copy, because the stream may write it later.
    const lines = Buffer.from(this.bytes.subarray(0, this.used));
    this.used = 0;
    this.stream.write(lines);
  }
}

/** One for the process, like its stdout. */
export const standardOutput = new LineBuffer(process.stdout);
