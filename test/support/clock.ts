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

/** For each test of the suite that calls it. */
export function takeClock(): void {
  beforeEach(() => void jest.useFakeTimers({ doNotFake: [...REAL] }));
  afterEach(() => void jest.useRealTimers());
}

export const pass = (ms: number): void => void jest.setSystemTime(Date.now() + ms);

/** Sets the wall clock to an RFC 3339 time. */
export const setClock = (time: string): void => void jest.setSystemTime(Date.parse(time));
