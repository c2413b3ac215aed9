import { describe, expect, it } from '@jest/globals';

import { KEEP_FOR_MS, type Revocation, scopeKey } from './revocation.js';
import { RevocationIndex } from './revocation.index.js';

const MAX = 3;

const revocationOf = (identity: string, more: Partial<Revocation> = {}): Revocation => ({
  scope: { identity },
  cause: 'removed',
  revision: 1,
  at: Date.now(),
  ...more,
});
const banOf = (identity: string): Revocation => revocationOf(identity, { until: Date.now() + 3_600_000 });
const indexOf = (...revocations: readonly Revocation[]): RevocationIndex => {
  const index = new RevocationIndex(MAX);
  for (const revocation of revocations) index.set(revocation);
  return index;
};
const known = (index: RevocationIndex): string[] => [...index.all].map(({ scope }) => scopeKey(scope).slice(1));

describe('RevocationIndex', () => {
  it('forgets the oldest when it is full', () => {
    const index = indexOf(revocationOf('a'), revocationOf('b'), revocationOf('c'));
    index.set(revocationOf('a'));
    index.set(revocationOf('d'));
    expect(known(index)).toEqual(['c', 'a', 'd']);
  });

  it('forgets bans last, and of bans alone the oldest', () => {
    const index = indexOf(banOf('a'), revocationOf('b'), banOf('c'), revocationOf('d'));
    expect(known(index)).toEqual(['a', 'c', 'd']);
    index.set(banOf('e'));
    expect(known(index)).toEqual(['a', 'c', 'e']);
    index.set(banOf('f'));
    expect(known(index)).toEqual(['c', 'e', 'f']);
  });

  it('forgets those first that cannot matter any more, and keeps a ban until it ends', () => {
    const old = Date.now() - KEEP_FOR_MS - 1;
    const index = indexOf(
      revocationOf('a'),
      revocationOf('b', { at: old }),
      revocationOf('c', { at: old, until: Date.now() + 60_000 }),
    );
    expect(index.of('ib')).toBeUndefined();
    index.set(revocationOf('b', { at: old }));
    index.set(revocationOf('d'));
    expect(known(index)).toEqual(['a', 'c', 'd']);
    expect(index.around({ identity: 'c' })).toHaveLength(1);
  });
});
