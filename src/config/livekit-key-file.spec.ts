import { describe, expect, it } from '@jest/globals';

import { invalidVariables } from '../../test/support/invalid-variables.js';
import { temporaryFile } from '../../test/support/temporary-file.js';

import { EnvironmentError, type InvalidVariable } from './environment.error.js';
import { readEnvironment } from './environment.js';

const SECRET = 'a-secret-of-more-than-thirty-two-characters';
const PRODUCTION = { NODE_ENV: 'production', AUTH_MODE: 'none' };

function errorsOf(source: Record<string, string>): readonly InvalidVariable[] {
  try {
    readEnvironment(source);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.invalid;
    throw error;
  }
  return [];
}

describe('LIVEKIT_KEYS_FILE', () => {
  it('keeps the order of the file, whatever the keys look like', () => {
    const { path } = temporaryFile(`# ours\nzulu: "first"\n42: 007\n1: one\n`);
    expect(readEnvironment({ LIVEKIT_KEYS_FILE: path }).LIVEKIT_KEYS).toEqual({
      file: path,
      strict: false,
      pairs: [
        { key: 'zulu', secret: 'first' },
        { key: '42', secret: '007' },
        { key: '1', secret: 'one' },
      ],
    });
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
    expect(invalidVariables(source)).toEqual(['LIVEKIT_KEYS_FILE']);
    expect(() => readEnvironment(source)).not.toThrow(/hunter/);
  });

  it('refuses a pair beside the file, and a weak pair in production', () => {
    const LIVEKIT_KEYS_FILE = temporaryFile(`APIabc: ${SECRET}\nAPIold: short`).path;
    expect(invalidVariables({ LIVEKIT_KEYS_FILE, LIVEKIT_API_KEY: 'k', LIVEKIT_API_SECRET: 's' })).toEqual([
      'LIVEKIT_KEYS_FILE',
    ]);
    expect(invalidVariables({ LIVEKIT_KEYS_FILE, ...PRODUCTION })).toEqual(['LIVEKIT_KEYS_FILE']);
  });

  it('reports every invalid half of every pair by the number of its line', () => {
    const content = `# ours\nAPIabc: ${SECRET}\ndevkey: hunter2\nAPIold:\n  hunter3\nplaceholder: ${SECRET}\nAPInew:\n`;
    const errors = errorsOf({ LIVEKIT_KEYS_FILE: temporaryFile(content).path, ...PRODUCTION });
    expect(errors.map(({ variable }) => variable)).toEqual(Array(5).fill('LIVEKIT_KEYS_FILE'));
    const messages = errors.map(({ message }) => message);
    expect(messages.map((message) => /\b(?:(key|secret) in )?line (\d+)/.exec(message)?.slice(1))).toEqual([
      ['key', '3'],
      ['secret', '3'],
      ['secret', '4'],
      ['key', '6'],
      [undefined, '7'],
    ]);
    expect(messages.join()).not.toMatch(/hunter|devkey|API(abc|old|new)/);
  });
});
