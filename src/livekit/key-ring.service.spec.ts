import { describe, expect, it } from '@jest/globals';
import { ConfigService } from '@nestjs/config';

import { temporaryFile } from '../../test/support/temporary-file.js';
import { type Environment, readEnvironment } from '../config/environment.js';
import { InvalidValueError } from '../config/value-readers.js';

import { KeyRing } from './key-ring.service.js';
import { liveKitOptions } from './livekit.environment.js';

const SECRET = 'a-secret-of-more-than-thirty-two-characters';

const ringOf = (source: Record<string, string>): KeyRing =>
  new KeyRing(liveKitOptions(new ConfigService<Environment, true>({ ...readEnvironment(source) })));

describe('KeyRing', () => {
  it('signs with the first pair and verifies with all', () => {
    const keys = ringOf({ LIVEKIT_KEYS_FILE: temporaryFile('one: 1\ntwo: 2').path });
    expect(keys.signing).toEqual({ key: 'one', secret: '1' });
    expect(keys.all.map(({ key }) => key)).toEqual(['one', 'two']);
  });

  it('keeps its pairs if the changed file is invalid, and takes over a valid one', () => {
    const file = temporaryFile('one: 1');
    const keys = ringOf({ LIVEKIT_KEYS_FILE: file.path });
    file.replace('one');
    expect(() => keys.reload()).toThrow(InvalidValueError);
    expect(keys.signing.key).toBe('one');
    file.replace('two: 2\none: 1');
    keys.reload();
    expect(keys.signing.key).toBe('two');
    expect(keys.all).toHaveLength(2);
  });

  it('takes over only a file that production accepts, in production', () => {
    const file = temporaryFile(`APIabc: ${SECRET}`);
    const keys = ringOf({ LIVEKIT_KEYS_FILE: file.path, NODE_ENV: 'production', AUTH_MODE: 'none' });
    file.replace(`APInew: short`);
    expect(() => keys.reload()).toThrow(InvalidValueError);
    expect(keys.signing.key).toBe('APIabc');
  });

  it('has no file without LIVEKIT_KEYS_FILE, and a reload changes nothing', () => {
    const keys = ringOf({});
    keys.reload();
    expect([keys.file, keys.signing]).toEqual([undefined, { key: 'devkey', secret: 'secret' }]);
  });
});
