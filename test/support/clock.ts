/** Time that passes when a test says so: the wall clock alone is the test's, sockets and timers go on as they are. */
import { afterEach, beforeEach, jest } from '@jest/globals';

const REAL = [
  'nextTick',
  'setImmediate',
  'setTimeout',
  'setInterval',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'queueMicrotask',
  'performance',
  'hrtime',
] as const;

/** Until `jest.useRealTimers()`. */
export const stopClock = (): void => void jest.useFakeTimers({ doNotFake: [...REAL] });

/** For each test of the suite that calls it. */
export function takeClock(): void {
  beforeEach(stopClock);
  afterEach(() => void jest.useRealTimers());
}

export const pass = (ms: number): void => void jest.setSystemTime(Date.now() + ms);

/** Sets the wall clock to an RFC 3339 time. */
export const setClock = (time: string): void => void jest.setSystemTime(Date.parse(time));

/** Timeouts that elapse when a test says so. */
export interface HeldTimeouts {
  /** Of each that was set: its length in milliseconds. */
  readonly lengths: readonly number[];
  /** Lets those elapse that are set, not later ones. */
  elapse(): void;
}

/** Holds what `AbortSignal.timeout` gives during the work. */
export async function holdTimeouts<T>(work: (timeouts: HeldTimeouts) => Promise<T>): Promise<T> {
  const lengths: number[] = [];
  const controllers: AbortController[] = [];
  const timeout = jest.spyOn(AbortSignal, 'timeout').mockImplementation((length) => {
    const controller = new AbortController();
    lengths.push(length);
    controllers.push(controller);
    return controller.signal;
  });
  const elapse = (): void => {
    for (const controller of controllers) controller.abort(new DOMException('It has elapsed.', 'TimeoutError'));
  };
  try {
    return await work({ lengths, elapse });
  } finally {
    timeout.mockRestore();
  }
}
