/** `npm run rules`: each command on files, by the exit code and the JSON. */
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { runRulesTool } from '../src/rules-tool/rules.cli.js';

import { temporaryFile } from './support/temporary-file.js';

const NOW = Date.parse('2026-11-25T12:00:00Z');

const RULES = `- name: support
  rooms: ['support-*']
  callers: { groups: [staff, partners] }
  except: { groups: suspended }
  when: { days: mon-fri, from: '08:00', to: '18:00', zone: Europe/Berlin }
  grants: { roomAdmin: true }
  identity: '\${tenant}:\${sub}'
- rooms: ['\${tenant}-*']
  ttl: 5m
`;
const CLAIMS = { sub: 'alice', tenant: 'acme', groups: ['staff'] };

const fileOf = (content: unknown): string =>
  temporaryFile(typeof content === 'string' ? content : JSON.stringify(content)).path;

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: string[][] = [[], []];
  const code = await runRulesTool(
    args,
    NOW,
    { write: (text) => out?.push(text) },
    { write: (text) => err?.push(text) },
  );
  return { code, out: (out ?? []).join(''), err: (err ?? []).join('') };
}

const json = async (...args: string[]): Promise<unknown> => JSON.parse((await run(...args, '--json')).out);

/** Ten lists of ten aliases each, of the list before. */
function multiplied(): string {
  const lists = Array.from({ length: 9 }, (_, n) => `  - &a${n + 1} [${`*a${n}, `.repeat(10)}]`);
  return `- rooms:\n  - &a0 [x]\n${lists.join('\n')}\n`;
}

describe('rules check', () => {
  it('reports every error with line and column, and exits with 1', async () => {
    const file = fileOf("- rooms: [a]\n  ttl: 1s\n- rooms: ['']\n");
    expect(await json('check', file)).toEqual({
      errors: [
        { rule: 1, line: 2, column: 3, message: expect.stringMatching(/^ttl/) },
        { rule: 2, line: 3, column: 11, message: expect.stringMatching(/^rooms/) },
      ],
      warnings: [],
    });
    expect(await run('check', file)).toMatchObject({
      code: 1,
      out: expect.stringContaining(`${file}:2:3: error: rule 1: ttl`),
    });
  });

  const warnings = async (rules: unknown, ...args: string[]): Promise<unknown[]> => {
    const { errors, warnings: found } = (await json('check', fileOf(rules), ...args)) as Record<
      string,
      { rule?: number; message: string }[]
    >;
    expect(errors).toEqual([]);
    return (found ?? []).map(({ rule, message }) => [rule, message]);
  };
  const never = (text: string): unknown => expect.stringMatching(new RegExp(`never be met: .*${text}`));

  it.each([
    ['behind an open rule', [{ rooms: ['*'] }, { rooms: ['a'] }], [[2, never('rule 1 is')]]],
    [
      'behind several rules together',
      [{ rooms: ['*'], callers: { g: 'a' } }, { rooms: ['*'], except: { g: 'a' } }, { rooms: ['b'] }],
      [[3, never('rules 1, 2 are')]],
    ],
    ['behind a wider template', [{ rooms: ['${tenant}-*'] }, { rooms: ['${tenant}-x'] }], [[2, never('rule 1 is')]]],
    [
      'behind fewer conditions',
      [
        { rooms: ['a*'], callers: { g: ['a', 'b'] } },
        { rooms: ['ab'], callers: { g: 'b', h: 'c' } },
      ],
      [[2, never('rule 1 is')]],
    ],
    [
      'whose conditions exclude each other',
      [{ rooms: ['a'], callers: { g: 'a' }, except: { g: 'a' } }],
      [[1, never('exclude')]],
    ],
    [
      'within longer hours of an earlier rule',
      [
        { rooms: ['a'], when: { from: '08:00', to: '18:00', zone: 'Europe/Berlin' } },
        { rooms: ['a'], when: { from: '09:00', to: '17:00', zone: 'Europe/Berlin' } },
      ],
      [[2, never('rule 1 is')]],
    ],
    [
      'equal to an earlier one',
      [{ name: 'x', rooms: ['a', 'b'] }, { rooms: ['b', 'a'] }],
      [[2, expect.stringMatching(/equal to rule 1/)]],
    ],
  ])('warns of a rule %s', async (_what, rules, expected) => {
    expect(await warnings(rules)).toEqual(expected);
  });

  it.each([
    ['a longer pattern first', [{ rooms: ['ab*'] }, { rooms: ['a*'] }]],
    [
      'a caller who says one value of two',
      [
        { rooms: ['*'], callers: { g: 'a' } },
        { rooms: ['*'], callers: { g: ['a', 'b'] } },
      ],
    ],
    ['a claim that may be another', [{ rooms: ['${tenant}-*'] }, { rooms: ['${team}-*'] }]],
    ['an exception', [{ rooms: ['*'], except: { g: 'a' } }, { rooms: ['a'] }]],
    [
      'hours of another zone, which agree but for three weeks',
      [
        { rooms: ['a'], when: { from: '09:00', to: '17:00', zone: 'America/New_York' } },
        { rooms: ['a'], when: { from: '15:00', to: '23:00', zone: 'Europe/Berlin' } },
      ],
    ],
  ])('does not warn of %s', async (_what, rules) => {
    expect(await warnings(rules)).toEqual([]);
  });

  it('warns of rooms that no rule opens, and of claims that look like others', async () => {
    const rules = [
      { rooms: ['a-*'], callers: { groups: 'x' } },
      { rooms: ['b'], callers: { gruops: 'x' } },
    ];
    expect(await warnings(rules, '--room', 'a-1', '--room', 'c')).toEqual([
      [2, 'the claim gruops looks like a typing error of groups'],
      [undefined, 'no rule opens the room "c"'],
    ]);
  });
});

describe('rules explain', () => {
  const explain = (room: string, claims: unknown, at: string, ...args: string[]): Promise<unknown> =>
    json('explain', fileOf(RULES), '--room', room, '--claims', fileOf(claims), '--at', at, ...args);

  it('shows the decision with its terms, as they would be signed', async () => {
    expect(await explain('support-1', CLAIMS, '2026-11-25T16:55:00Z')).toEqual({
      decision: 'allowed',
      rule: 1,
      name: 'support',
      terms: {
        room: 'support-1',
        identity: 'acme:alice',
        grants: { roomAdmin: true },
        ttl: 300,
        endsAt: '2026-11-25T17:00:00.000Z',
      },
      rules: [
        { number: 1, name: 'support', met: true },
        { number: 2, met: false, failed: 'rooms', detail: expect.stringContaining('tenant is "acme"') },
      ],
    });
  });

  it.each([
    ['rooms', 'lobby', CLAIMS, '2026-11-25T12:00:00Z', '"support-*"'],
    ['callers', 'support-1', { ...CLAIMS, groups: ['guests'] }, '2026-11-25T12:00:00Z', '["guests"]'],
    ['except', 'support-1', { ...CLAIMS, groups: ['staff', 'suspended'] }, '2026-11-25T12:00:00Z', '"suspended"'],
    ['when', 'support-1', CLAIMS, '2026-11-28T12:00:00Z', '08:00 to 18:00 Europe/Berlin'],
  ])('names %s as the first condition that fails', async (failed, room, claims, at, detail) => {
    expect(await explain(room, claims, at)).toMatchObject({
      decision: 'refused',
      code: 'ROOM_NOT_ALLOWED',
      rules: [{ number: 1, met: false, failed, detail: expect.stringContaining(detail) }, { met: false }],
    });
  });

  it('shows no values of claims with --no-values', async () => {
    const claims = { sub: 'hunter1', tenant: 'hunter2', groups: ['hunter3', 'staff'] };
    for (const room of ['support-1', 'lobby']) {
      const shown = JSON.stringify(await explain(room, claims, '2026-11-25T12:00:00Z', '--no-values'));
      expect(shown).not.toContain('hunter');
    }
    const suspended = { ...claims, groups: ['suspended', 'hunter4'] };
    expect(JSON.stringify(await explain('support-1', suspended, '2026-11-25T12:00:00Z', '--no-values'))).not.toMatch(
      /hunter/,
    );
  });

  it('names the code of a rule that refuses', async () => {
    expect(await explain('support-1', { ...CLAIMS, tenant: 'a:b' }, '2026-11-25T12:00:00Z')).toMatchObject({
      decision: 'refused',
      rule: 1,
      code: 'IDENTITY_AMBIGUOUS',
      rules: [{ met: true }, { met: false }],
    });
  });
});

describe('rules who', () => {
  it('lists the rules that open the room, with conditions and grants', async () => {
    expect(await json('who', fileOf(RULES), '--room', 'support-1')).toEqual({
      room: 'support-1',
      rules: [
        {
          number: 1,
          name: 'support',
          rooms: ['support-*'],
          callers: { groups: ['staff', 'partners'] },
          except: { groups: 'suspended' },
          when: [{ days: 'mon,tue,wed,thu,fri', from: '08:00', to: '18:00', zone: 'Europe/Berlin' }],
          grants: { roomAdmin: true },
        },
        { number: 2, rooms: ['${tenant}-*'], grants: {}, ttl: 300 },
      ],
    });
    expect((await run('who', fileOf(RULES), '--room', 'lobby')).out).toContain('No caller');
  });
});

describe('rules test', () => {
  const cases = [
    {
      room: 'support-1',
      claims: CLAIMS,
      at: '2026-11-25T10:00:00Z',
      expect: 'allowed',
      rule: 'support',
      grants: { roomAdmin: true },
      ttl: '10m',
      identity: 'acme:alice',
    },
    { room: 'acme-1', claims: CLAIMS, expect: 'allowed', rule: 2, grants: {}, ttl: 300, identity: 'alice' },
    { room: 'lobby', expect: 'refused' },
  ];

  it('counts cases that hold', async () => {
    expect(await run('test', fileOf(RULES), fileOf(cases))).toEqual({ code: 0, out: '3 passed, 0 failed\n', err: '' });
  });

  const wrong = [...cases, { room: 'a & b', expect: 'allowed' }, { ...cases[1], ttl: '10m', identity: 'bob' }];

  it('shows what differs, and exits with 1', async () => {
    expect(await run('test', fileOf(RULES), fileOf(wrong))).toMatchObject({
      code: 1,
      out: expect.stringMatching(
        /- expect: "allowed"\n  \+ expect: "refused"\n[^]*- ttl: 600\n  \+ ttl: 300\n  - identity: "bob"\n  \+ identity: "alice"\n3 passed, 2 failed\n$/,
      ),
    });
    expect(await json('test', fileOf(RULES), fileOf(wrong))).toMatchObject({ passed: 3, failed: 2 });
  });

  it('writes TAP and the XML of JUnit', async () => {
    const tap = (await run('test', fileOf(RULES), fileOf(wrong), '--tap')).out;
    expect(tap).toMatch(/^TAP version 14\n1\.\.5\nok 1 - .*\nok 2 - .*\nok 3 - .*\nnot ok 4 - /);
    const xml = (await run('test', fileOf(RULES), fileOf(wrong), '--junit')).out;
    expect(xml).toContain('<testsuite name="join-rules" tests="5" failures="2">');
    expect(xml).toContain('a &amp; b');
    expect(xml.match(/<failure /g)).toHaveLength(2);
  });

  it('reports errors of the cases with line and column', async () => {
    const file = fileOf(
      '- { room: a, expect: maybe }\n- { expect: allowed }\n- { room: a, expect: allowed, rules: 1 }\n',
    );
    expect(await json('test', fileOf(RULES), file)).toMatchObject({
      errors: [
        { line: 1, column: 14, message: expect.stringMatching(/^expect/) },
        { line: 2, message: expect.stringMatching(/^room/) },
        { line: 3, message: expect.stringMatching(/rules is not known/) },
      ],
    });
  });
});

describe('rules diff', () => {
  it('finds nothing in equivalent files, and exits with 0', async () => {
    const other = RULES.replace('[staff, partners]', '[partners, staff]').replace('name: support', 'name: other');
    expect(await json('diff', fileOf(RULES), fileOf(other))).toEqual({ equivalent: true, differences: [] });
    expect((await run('diff', fileOf(RULES), fileOf(other))).code).toBe(0);
  });

  it('shows who gains and who loses by a request each, and exits with 1', async () => {
    const [before, after] = [
      fileOf([{ rooms: ['a'], callers: { g: 'x' } }]),
      fileOf([{ rooms: ['b'], callers: { g: 'x' } }]),
    ];
    expect(await json('diff', before, after)).toEqual({
      equivalent: false,
      differences: [
        {
          room: 'a',
          claims: { sub: 'y', g: ['x'] },
          at: '2026-11-25T12:00:00.000Z',
          old: expect.objectContaining({ decision: 'allowed', rule: 1 }),
          new: { decision: 'refused', code: 'ROOM_NOT_ALLOWED' },
        },
        expect.objectContaining({
          room: 'b',
          old: expect.objectContaining({ decision: 'refused' }),
          new: expect.objectContaining({ decision: 'allowed' }),
        }),
      ],
    });
    const { code, out } = await run('diff', before, after);
    expect([code, out]).toEqual([1, expect.stringMatching(/^loses access: "a"[^]*^gains access: "b"/m)]);
  });

  it('adds the cases of a file that are decided differently', async () => {
    const cases = fileOf([
      { room: 'a', claims: { sub: 's', g: 'x' }, expect: 'allowed' },
      { room: 'c', expect: 'refused' },
    ]);
    const { differences } = (await json(
      'diff',
      fileOf([{ rooms: ['a'] }]),
      fileOf([{ rooms: ['b'] }]),
      '--cases',
      cases,
    )) as {
      differences: { claims: object }[];
    };
    expect(differences.map(({ claims }) => claims)).toContainEqual({ sub: 's', g: 'x' });
  });
});

describe('the command line', () => {
  it.each([
    [[]],
    [['nothing']],
    [['toString']],
    [['check']],
    [['check', '/nowhere/rules.yaml']],
    [['check', 'a', 'b']],
    [['check', import.meta.dirname]],
    [['check', 'a', '--unknown']],
    [['check', 'a', '--room']],
    [['explain', fileOf(RULES)]],
    [['explain', fileOf(RULES), '--room', ' ']],
    [['explain', fileOf(RULES), '--room', 'a', '--claims', fileOf('{ "sub": "hunter2"')]],
    [['explain', fileOf(RULES), '--room', 'a', '--claims', fileOf(['hunter2'])]],
    [['explain', fileOf(RULES), '--room', 'a', '--claims', '/nowhere/claims.json']],
    [['explain', fileOf(RULES), '--room', 'a', '--ttl', '1s']],
    [['who', fileOf(RULES)]],
    [['test', fileOf(RULES), fileOf([]), '--tap', '--junit']],
    [['explain', join(import.meta.dirname, '../package.json'), '--at', 'noon', '--room', 'a']],
  ])('exits with 1 for %j, and says why', async (args) => {
    const { code, out, err } = await run(...args);
    expect([code, out, err]).toEqual([1, '', expect.stringMatching(/^.+\n/)]);
    expect(err).not.toMatch(/hunter2|    at /);
  });

  it.each([
    ['nothing', '', 1, 1],
    ['bytes that are no text', '\0\u0001\uFFFD\u007F', 1, 1],
    ['an alias of nothing', '- rooms: [a]\n- rooms: [*hunter2]\n', 2, 11],
    ['an alias of what contains it', '- rooms: [a]\n  when: &when [*when]\n', 2, 16],
    ['aliases that multiply it', multiplied(), 1, 1],
    ['lists in lists in lists', '['.repeat(100_000), 1, expect.any(Number)],
    ['a key twice', '- rooms: [a]\n  rooms: [hunter2]\n', 2, 3],
    ['a list as a key', '- rooms: [a]\n  ? [b]\n  : 1\n', 1, 3],
  ])('reports where a file with %s is wrong', async (_what, content, line, column) => {
    const file = fileOf(content);
    for (const args of [
      ['check', file],
      ['who', file, '--room', 'a'],
      ['test', fileOf(RULES), file],
    ]) {
      const { errors } = (await json(...args)) as { errors: object[] };
      expect(errors[0]).toMatchObject({ line, column, message: expect.any(String) });
      expect(JSON.stringify(errors)).not.toContain('hunter2');
      expect((await run(...args)).code).toBe(1);
    }
  });

  it('reads a file that begins with a byte order mark', async () => {
    expect(await run('check', fileOf(`\uFEFF${RULES}`))).toMatchObject({ code: 0, err: '' });
  });

  it('shows its help', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, out: expect.stringContaining('diff OLD NEW') });
    expect(await run('explain', '--help')).toMatchObject({ code: 0, out: expect.stringContaining('--no-values') });
  });
});
