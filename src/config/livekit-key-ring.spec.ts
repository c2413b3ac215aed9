import { describe, expect, it } from '@jest/globals';

import { faultsOf } from '../../test/support/environment-faults.js';
import { temporaryFile } from '../../test/support/temporary-file.js';

import { readEnvironment } from './environment.js';

const SECRET = 'a-secret-of-more-than-thirty-two-characters';

describe('LIVEKIT_KEYS_FILE', () => {
  it('signs with the first pair of the file, whatever the keys look like', () => {
    const { path } = temporaryFile(`# ours\nzulu: "first"\n42: 007\n1: one\n`);
    const keys = readEnvironment({ LIVEKIT_KEYS_FILE: path }).LIVEKIT_KEYS;
    expect(keys.signing).toEqual({ key: 'zulu', secret: 'first' });
    expect(keys.all).toEqual([
      { key: 'zulu', secret: 'first' },
      { key: '42', secret: '007' },
      { key: '1', secret: 'one' },
    ]);
  });

  it.each([
    ['not YAML', 'key: "hunter2'],
    ['empty', ''],
    ['a list', '- key: hunter2'],
    ['a pair without secret', 'key:'],
    ['a nested map', 'keys: { key: hunter2 }'],
    ['a key twice', 'key: hunter2\nkey: hunter3'],
  ])('refuses a file that is %s, showing nothing of it', (_what, content) => {
    const source = { LIVEKIT_KEYS_FILE: temporaryFile(content).path };
    expect(faultsOf(source)).toEqual(['LIVEKIT_KEYS_FILE']);
    expect(() => readEnvironment(source)).not.toThrow(/hunter/);
  });

  it('refuses a pair beside the file, and a weak pair in production', () => {
    const LIVEKIT_KEYS_FILE = temporaryFile(`APIabc: ${SECRET}\nAPIold: short`).path;
    expect(faultsOf({ LIVEKIT_KEYS_FILE, LIVEKIT_API_KEY: 'k', LIVEKIT_API_SECRET: 's' })).toEqual([
      'LIVEKIT_KEYS_FILE',
    ]);
    expect(faultsOf({ LIVEKIT_KEYS_FILE, NODE_ENV: 'production', AUTH_MODE: 'none' })).toEqual(['LIVEKIT_KEYS_FILE']);
  });

  it('keeps its pairs when the file turns bad, and takes over a good one', () => {
    const file = temporaryFile('one: 1');
    const { LIVEKIT_KEYS } = readEnvironment({ LIVEKIT_KEYS_FILE: file.path });
    file.replace('one');
    expect(() => LIVEKIT_KEYS.reload()).toThrow();
    expect(LIVEKIT_KEYS.signing.key).toBe('one');
    file.replace('two: 2\none: 1');
    LIVEKIT_KEYS.reload();
    expect(LIVEKIT_KEYS.signing.key).toBe('two');
    expect(LIVEKIT_KEYS.all).toHaveLength(2);
  });
});
