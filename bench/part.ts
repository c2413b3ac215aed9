/** A part of the benchmark: it measures, and then says what it has found. */

export interface Part {
  /** `say` is for what tells that it goes on. */
  run(say: (text: string) => void): Promise<void>;
  /** A table, how to read it, and a line with WARNING for whatever deserves less trust. */
  report(): string;
  /** What --json writes of it. */
  figures(): Record<string, unknown>;
}
