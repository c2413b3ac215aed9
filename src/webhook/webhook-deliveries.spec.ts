import { Logger } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { WebhookEvent } from 'livekit-server-sdk';

import { type Claim, DeliveryStore } from './delivery.store.js';
import type { LiveKitListener, LiveKitListeners } from './livekit-listeners.service.js';
import { LocalDeliveryStore } from './local-delivery.store.js';
import { ANSWER_WITHIN_MS, FINISH_WITHIN_MS, SLOW_MS, WebhookDeliveries } from './webhook-deliveries.service.js';

const EVENT = WebhookEvent.fromJson({ event: 'room_started', id: 'EV_1', room: { name: 'a' } });

/** A listener that ends when it is told to. */
function listener(name: string, mustSucceed: boolean): LiveKitListener & { calls: number; end: () => void } {
  const self = {
    name,
    mustSucceed,
    calls: 0,
    end: (): void => undefined,
    call: (): Promise<void> => {
      self.calls += 1;
      return new Promise((resolve) => {
        self.end = resolve;
      });
    },
  };
  return self;
}

class BusyMemory extends DeliveryStore {
  override claim(): Promise<Claim> {
    return Promise.resolve({ state: 'busy' });
  }
  override handled(): Promise<void> {
    throw new Error('It was not claimed.');
  }
  override failed(): Promise<void> {
    throw new Error('It was not claimed.');
  }
}

const deliveriesTo = (
  listeners: readonly LiveKitListener[],
  memory: DeliveryStore = new LocalDeliveryStore(),
): WebhookDeliveries =>
  new WebhookDeliveries({ of: () => listeners } as unknown as LiveKitListeners, memory, new EventEmitter2());
const answerOf = (delivery: Promise<string>): Promise<string> =>
  delivery.catch((error: { code: string }) => error.code);

describe(WebhookDeliveries.name, () => {
  const warnings: unknown[] = [];
  beforeEach(() => {
    jest.useFakeTimers();
    Logger.overrideLogger({ log: () => {}, error: () => {}, warn: (...said) => void warnings.push(said) });
  });
  afterEach(() => {
    jest.useRealTimers();
    Logger.overrideLogger(false);
    warnings.length = 0;
  });

  it('does not wait for a listener that must succeed longer than LiveKit should, and never calls it twice at once', async () => {
    const slow = listener('slow', true);
    const deliveries = deliveriesTo([slow]);
    const first = answerOf(deliveries.deliver(EVENT));
    await jest.advanceTimersByTimeAsync(ANSWER_WITHIN_MS);
    expect(await first).toBe('WEBHOOK_IN_PROGRESS');

    const repeat = answerOf(deliveries.deliver(EVENT));
    await jest.advanceTimersByTimeAsync(ANSWER_WITHIN_MS - 1);
    slow.end();
    expect(await repeat).toBe('duplicate');
    expect(await deliveries.deliver(EVENT)).toBe('duplicate');
    expect(slow.calls).toBe(1);
  });

  it('accepts an event whose listeners that do their best take too long', async () => {
    const slow = listener('slow', false);
    const deliveries = deliveriesTo([slow]);
    let answer: string | undefined;
    void deliveries.deliver(EVENT).then((given) => (answer = given));
    await jest.advanceTimersByTimeAsync(ANSWER_WITHIN_MS - 1);
    expect(answer).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);
    expect(answer).toBe('accepted');
    expect(await deliveries.deliver(EVENT)).toBe('duplicate');
    expect(slow.calls).toBe(1);
  });

  it('warns about a slow listener while it is slow, and not about others', async () => {
    const slow = listener('Team.slow', false);
    const fast = listener('Team.fast', false);
    const delivery = deliveriesTo([slow, fast]).deliver(EVENT);
    await jest.advanceTimersByTimeAsync(SLOW_MS - 1);
    fast.end();
    await jest.advanceTimersByTimeAsync(1);
    const facts = { listener: 'Team.slow', event: 'room_started', id: 'EV_1' };
    expect(warnings).toEqual([[expect.stringContaining('slow'), facts, 'LiveKitListeners']]);
    slow.end();
    await delivery;
    expect(jest.getTimerCount()).toBe(0);
  });

  it('at a stop waits for the listeners that still run, within a bound', async () => {
    const slow = listener('slow', false);
    const deliveries = deliveriesTo([slow]);
    const answer = deliveries.deliver(EVENT);
    await jest.advanceTimersByTimeAsync(ANSWER_WITHIN_MS);
    await answer;

    let stopped = false;
    void deliveries.beforeApplicationShutdown().then(() => (stopped = true));
    await jest.advanceTimersByTimeAsync(FINISH_WITHIN_MS - 1);
    expect(stopped).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(stopped).toBe(true);

    slow.end();
    await deliveries.onApplicationShutdown();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('leaves an event to the instance that is handling it, and lets LiveKit ask again', async () => {
    const unused = listener('unused', true);
    expect(await answerOf(deliveriesTo([unused], new BusyMemory()).deliver(EVENT))).toBe('WEBHOOK_IN_PROGRESS');
    expect(unused.calls).toBe(0);
  });
});
