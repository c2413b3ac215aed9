import { afterEach, describe, expect, it, jest } from '@jest/globals';

import type { JourneyStep } from './journey-step.js';
import { MAX_SUBJECTS } from './journey.store.js';
import { LocalJourneyStore } from './local-journey.store.js';

const HOUR = 3_600_000;
const ALICE = { room: 'stage', identity: 'alice' };

const joined = (at: number, sid = 'PA_1'): JourneyStep => ({ step: 'joined', at, sid });
const opened = (at: number, code = 'ADMITTED'): JourneyStep => ({ step: 'gate_opened', at, code, times: 1 });
const published = (at: number): JourneyStep => ({ step: 'track_published', at, sid: 'PA_1', source: 'camera' });
const kinds = (steps: readonly JourneyStep[]): string[] => steps.map(({ step }) => step);

afterEach(() => void jest.useRealTimers());

describe('LocalJourneyStore', () => {
  it('keeps 10,000 participants and 10,000 rooms, and forgets those that had no step for the longest time', async () => {
    const store = new LocalJourneyStore();
    const at = Date.now();
    store.add({ room: ALICE.room }, { step: 'room_started', at, sid: 'RM_1' });
    store.add(ALICE, joined(at));
    for (let count = 1; count < MAX_SUBJECTS; count++) store.add({ room: 'r', identity: `p${count}` }, joined(at));
    store.add(ALICE, joined(at, 'PA_2'));
    store.add({ room: 'r', identity: 'one more' }, joined(at));
    expect(await store.participants()).toHaveLength(MAX_SUBJECTS);
    expect(await store.find(ALICE)).toHaveLength(2);
    expect(await store.find({ room: 'r', identity: 'p1' })).toEqual([]);
    expect(await store.find({ room: ALICE.room })).toHaveLength(1);
  });

  it('keeps a step for 24 hours', async () => {
    jest.useFakeTimers({ now: 0, doNotFake: ['nextTick', 'queueMicrotask'] });
    const store = new LocalJourneyStore();
    store.add(ALICE, joined(Date.now()));
    jest.setSystemTime(23 * HOUR);
    store.add(ALICE, opened(Date.now()));
    expect(kinds(await store.find(ALICE))).toEqual(['joined', 'gate_opened']);
    jest.setSystemTime(25 * HOUR);
    expect(kinds(await store.find(ALICE))).toEqual(['gate_opened']);
    jest.setSystemTime(48 * HOUR);
    expect(await store.find(ALICE)).toEqual([]);
  });

  it('keeps 24 steps of a participant, of which 8 are of tracks and of the gate', async () => {
    const store = new LocalJourneyStore();
    const begin = Date.now();
    store.add(ALICE, joined(begin));
    for (let count = 0; count < 30; count++) {
      store.add(ALICE, published(begin));
      store.add(ALICE, opened(begin));
      store.add(ALICE, opened(begin));
    }
    const steps = await store.find(ALICE);
    expect(kinds(steps)).toEqual([
      'joined',
      ...Array.from({ length: 4 }, () => ['track_published', 'gate_opened']).flat(),
    ]);
    expect(steps.at(-1)).toMatchObject({ times: 2 });
    for (let count = 0; count < 30; count++) store.add(ALICE, joined(begin, `PA_${count}`));
    expect(await store.find(ALICE)).toHaveLength(24);
  });
});
