import { describe, expect, it } from '@jest/globals';

import { LocalRevocationLog } from '../revocations/local-revocation.log.js';

import { type Admission, participantKey } from './admission.js';
import { LocalAdmissionStore } from './local-admission.store.js';

const admissionOf = (identity: string): Admission => ({
  room: 'r',
  identity,
  caller: { kind: 'anonymous' },
  requested: {},
  grants: {},
  issuedAt: Date.now(),
  expiresAt: Date.now() + 60_000,
  revision: 0,
});
const keyOf = (identity: string): string => participantKey('r', identity);

describe('LocalAdmissionStore', () => {
  let evicted = 0;
  const store = async (identities: readonly string[]): Promise<LocalAdmissionStore> => {
    evicted = 0;
    const bounded = new LocalAdmissionStore(new LocalRevocationLog(), () => (evicted += 1), 3);
    for (const identity of identities) await bounded.record(admissionOf(identity));
    return bounded;
  };
  const known = ({ keys }: LocalAdmissionStore): string[] => keys.map((key) => key.replace(/^1:r/, '')).toSorted();

  it('forgets the oldest of those who are absent when it is full, and tells of each', async () => {
    const bounded = await store(['a', 'b', 'c']);
    expect(evicted).toBe(0);
    await bounded.joined(keyOf('a'), 'sid');
    await bounded.record(admissionOf('d'));
    expect([known(bounded), evicted]).toEqual([['a', 'c', 'd'], 1]);
    await bounded.record(admissionOf('c'));
    await bounded.record(admissionOf('e'));
    expect([known(bounded), evicted]).toEqual([['a', 'c', 'e'], 2]);
    await bounded.left(keyOf('a'), 'sid');
    await bounded.record(admissionOf('f'));
    await bounded.record(admissionOf('g'));
    expect([known(bounded), evicted]).toEqual([['a', 'f', 'g'], 4]);
  });

  it('forgets one who is present only if all others are', async () => {
    const bounded = await store(['a', 'b', 'c']);
    for (const identity of ['b', 'a', 'c']) await bounded.joined(keyOf(identity), 'sid');
    await bounded.record(admissionOf('d'));
    expect([known(bounded), evicted]).toEqual([['a', 'c', 'd'], 1]);
    expect(await bounded.find(keyOf('b'))).toBeUndefined();
  });

  it('keeps the last ten sessions of a participant', async () => {
    const bounded = await store([]);
    const ofSession = (session: number): Admission => ({
      ...admissionOf('a'),
      caller: {
        kind: 'verified',
        issuer: 'i',
        subject: 's',
        identity: 'a',
        name: undefined,
        claims: { sid: String(session) },
      },
    });
    for (let session = 0; session < 12; session += 1) await bounded.record(ofSession(session));
    await bounded.record(ofSession(5));
    const found = (await bounded.find(keyOf('a')))?.admissions ?? [];
    const sessions = found.map(({ caller }) => (caller.kind === 'verified' ? caller.claims['sid'] : undefined));
    expect(sessions).toEqual(['2', '3', '4', '6', '7', '8', '9', '10', '11', '5']);
  });
});
