/** 5,000 rules: `check` takes less than 2 s and `diff` less than 30 s on a usual machine. The limits are for one that is busy and slow. */
import { describe, expect, it } from '@jest/globals';

import { runRulesTool } from '../../src/rules-tool/rules.cli.js';

import { temporaryFile } from '../support/temporary-file.js';

const COUNT = 5_000;
const CHANGED = 2_500;

const WHEN = "  when: { days: mon-fri, from: '08:00', to: '18:00', zone: Europe/Berlin }\n";

const SHAPES: Readonly<Record<string, (n: number) => string>> = {
  'rooms of their own': (n) => `- rooms: ['team-${n}-*', 'lobby-${n}']\n  ttl: 5m\n${n % 3 === 0 ? WHEN : ''}`,
  'callers of their own': (n) =>
    `- rooms: ['*']\n  callers: { groups: [g${n}, h${n}] }\n  identity: '\${tenant}:\${sub}'\n${WHEN}`,
};

const NOW = Date.parse('2026-11-25T12:00:00Z');

/** The output, and the CPU time in seconds, which other processes change less than the time that passes. */
async function run(...args: string[]): Promise<{ json: unknown; seconds: number }> {
  const before = process.cpuUsage();
  let text = '';
  await runRulesTool([...args, '--json'], NOW, { write: (part) => (text += part) }, process.stderr);
  const { user, system } = process.cpuUsage(before);
  return { json: JSON.parse(text), seconds: (user + system) / 1e6 };
}

describe.each(Object.entries(SHAPES))('5,000 rules for %s', (_what, shape) => {
  const file = (change: (text: string, n: number) => string): string =>
    temporaryFile(Array.from({ length: COUNT }, (_, n) => change(shape(n), n)).join('')).path;
  const before = file((text) => text);

  it('are checked without warnings', async () => {
    const { json, seconds } = await run('check', before);
    expect(json).toEqual({ errors: [], warnings: [] });
    expect(seconds).toBeLessThan(20);
  });

  it('are compared with a file of which one rule differs', async () => {
    const after = file((text, n) => (n === CHANGED ? `${text}  grants: { canPublish: false }\n` : text));
    const { json, seconds } = await run('diff', before, after);
    expect(json).toMatchObject({
      equivalent: false,
      differences: [
        { old: { rule: CHANGED + 1 }, new: { rule: CHANGED + 1, terms: { grants: { canPublish: false } } } },
      ],
    });
    expect(seconds).toBeLessThan(100);
  });
});
