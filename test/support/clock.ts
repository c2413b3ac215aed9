/** Time that passes when a test says so: the clock alone is the test's, sockets and timers go on as they are. */
import { jest } from '@jest/globals';

export function takeClock(): void {
  jest.useFakeTimers({
    doNotFake: [
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
    ],
  });
}

export const pass = (ms: number): void => void jest.setSystemTime(Date.now() + ms);

export const giveClockBack = (): void => void jest.useRealTimers();
