interface Stoppable {
  stop(): Promise<void>;
}

const running = new Set<Stoppable>();

export function remember(started: Stoppable): void {
  running.add(started);
}

export function forget(stopped: Stoppable): void {
  running.delete(stopped);
}

/**
 * Stops every application and fake of this process that was started and not stopped, the latest first. A test that fails before it
 * stops them would otherwise keep the process alive.
 *
 * @example
 * ```ts
 * import { after } from 'node:test'; // or `afterAll` of Jest
 *
 * after(stopAll);
 * ```
 */
export async function stopAll(): Promise<void> {
  for (const started of [...running].toReversed()) {
    running.delete(started);
    await started.stop();
  }
}
