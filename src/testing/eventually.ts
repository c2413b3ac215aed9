/**
 * Waits for something that happens asynchronously: calls `look` every 10 ms until it returns neither undefined nor false.
 *
 * @returns what `look` returned.
 * @throws after `deadlineMs`, or what `look` throws.
 */
export async function eventually<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  deadlineMs = 30_000,
): Promise<T> {
  // Not on the clock of Date, which stands still where a test has taken it.
  const end = performance.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error('It did not happen in time.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
