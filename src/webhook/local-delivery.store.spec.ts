import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { LocalDeliveryStore, MAX_EVENTS, REMEMBER_FOR_MS } from './local-delivery.store.js';

describe(LocalDeliveryStore.name, () => {
  let now = 1;
  const pass = (ms: number): void => {
    now += ms;
    jest.advanceTimersByTime(ms);
  };
  beforeEach(() => {
    // The cache has taken hold of the clock before a test could replace it.
    jest.useFakeTimers({ doNotFake: ['performance'] });
    jest.spyOn(performance, 'now').mockImplementation(() => now);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it('knows what was handled, and what of an event that was not', async () => {
    const memory = new LocalDeliveryStore();
    expect(await memory.claim('EV_1')).toEqual({ state: 'claimed', done: [] });
    await memory.failed('EV_1', ['A.b']);
    expect(await memory.claim('EV_1')).toEqual({ state: 'claimed', done: ['A.b'] });
    await memory.handled('EV_1');
    expect(await memory.claim('EV_1')).toEqual({ state: 'handled' });
    expect(await memory.claim('EV_2')).toEqual({ state: 'claimed', done: [] });
  });

  it('forgets when no signature can be good any more', async () => {
    const memory = new LocalDeliveryStore();
    await memory.handled('EV_1');
    pass(REMEMBER_FOR_MS);
    expect(await memory.claim('EV_1')).toEqual({ state: 'handled' });
    pass(2);
    expect(await memory.claim('EV_1')).toEqual({ state: 'claimed', done: [] });
  });

  it('tells events with long ids apart', async () => {
    const memory = new LocalDeliveryStore();
    const long = 'E'.repeat(100_000);
    await memory.handled(`${long}1`);
    expect(await memory.claim(`${long}1`)).toEqual({ state: 'handled' });
    expect(await memory.claim(`${long}2`)).toEqual({ state: 'claimed', done: [] });
  });

  it('forgets the oldest of very many', async () => {
    const memory = new LocalDeliveryStore();
    for (let number = 0; number <= MAX_EVENTS; number += 1) await memory.handled(`EV_${number}`);
    expect(await memory.claim('EV_0')).toEqual({ state: 'claimed', done: [] });
    expect(await memory.claim('EV_1')).toEqual({ state: 'handled' });
  });
});
