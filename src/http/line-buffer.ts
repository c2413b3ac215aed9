/** Writes the lines of one turn of the event loop in one go: a system call for each would cost more than what they say. */

class LineBuffer {
  private lines = '';

  constructor(private readonly stream: NodeJS.WritableStream) {
    // Nothing that was added is lost by an exit, wherever that comes from.
    process.once('exit', () => this.flush());
  }

  add(line: string): void {
    if (this.lines === '') setImmediate(() => this.flush());
    this.lines += line;
  }

  flush(): void {
    if (this.lines === '') return;
    const { lines } = this;
    this.lines = '';
    this.stream.write(lines);
  }
}

/** One for the process, as its stdout is. */
export const standardOutput = new LineBuffer(process.stdout);
