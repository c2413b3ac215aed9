/** Writes lines together, ten milliseconds' worth at a time: a system call for each costs several times what they say. */

/** How long a line may wait. So much of the log is lost with a process that is killed by SIGKILL. */
const WAIT_MS = 10;

const SIZE = 65_536;

/** No character of a string takes more bytes of UTF-8. */
const MAX_BYTES_OF_CHARACTER = 3;

export class LineBuffer {
  /** Bytes, not strings: a string that is put together is carried along in its parts until somebody reads it. */
  private readonly bytes = Buffer.allocUnsafeSlow(SIZE);
  private used = 0;

  constructor(private readonly stream: NodeJS.WritableStream) {
    // Nothing that was added is lost by an exit, wherever that comes from.
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
    // A copy: the stream may write it later.
    const lines = Buffer.from(this.bytes.subarray(0, this.used));
    this.used = 0;
    this.stream.write(lines);
  }
}

/** One for the process, as its stdout is. */
export const standardOutput = new LineBuffer(process.stdout);
