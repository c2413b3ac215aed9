import { describe, expect, it } from '@jest/globals';

import { parseJoinRules } from './join-rules.parser.js';

const faultsOf = (content: string): readonly string[] => parseJoinRules(content).faults;

describe('parseJoinRules', () => {
  it('reads YAML, and the same as JSON', () => {
    const yaml = `
- rooms: ['support-*', lobby]
  callers: { groups: staff, level: 3, email_verified: true }
  grants: { roomAdmin: true, canPublishSources: [camera, screen_share] }
  ttl: 5m
- rooms: ['\${tenant}-*']
`;
    const json = JSON.stringify([
      {
        rooms: ['support-*', 'lobby'],
        callers: { groups: 'staff', level: 3, email_verified: true },
        grants: { roomAdmin: true, canPublishSources: ['camera', 'screen_share'] },
        ttl: '5m',
      },
      { rooms: ['${tenant}-*'] },
    ]);
    for (const content of [yaml, json]) {
      const { rules, faults } = parseJoinRules(content);
      expect(faults).toEqual([]);
      expect(rules).toMatchObject([
        {
          number: 1,
          callers: [
            ['groups', 'staff'],
            ['level', 3],
            ['email_verified', true],
          ],
          grants: { roomAdmin: true, canPublishSources: ['camera', 'screen_share'] },
          ttl: 300,
        },
        { number: 2, callers: [], grants: {}, ttl: undefined },
      ]);
    }
  });

  it.each([
    ['no YAML', '- rooms: [', /YAML/],
    ['a key twice', '- rooms: [a]\n  rooms: [b]', /YAML/],
    ['nothing', '', /list/],
    ['an empty list', '[]', /list/],
    ['a map', 'rooms: [a]', /list/],
    ['a rule that is no map', '- lobby', /^rule 1/],
    ['an unknown key', '- rooms: [a]\n- { rooms: [a], romms: [b] }', /^rule 2: romms/],
    ['no rooms', '- callers: { a: b }', /^rule 1: rooms/],
    ['empty rooms', '- rooms: []', /rooms/],
    ['rooms that are no list', '- rooms: lobby', /rooms/],
    ['a room that is a number', '- rooms: [42]', /rooms/],
    ['an empty pattern', "- rooms: ['']", /rooms/],
    ['a claim left open', "- rooms: ['${tenant-*']", /rooms/],
    ['empty callers', '- { rooms: [a], callers: {} }', /callers/],
    ['callers that are a list', '- { rooms: [a], callers: [staff] }', /callers/],
    ['a claim that is a list', '- { rooms: [a], callers: { groups: [a, b] } }', /callers: groups/],
    ['a claim that is nothing', '- { rooms: [a], callers: { groups: } }', /callers: groups/],
    ['empty grants', '- { rooms: [a], grants: {} }', /grants/],
    ['an unknown grant', '- { rooms: [a], grants: { canFly: true } }', /canFly/],
    ...[
      'roomCreate',
      'roomList',
      'roomRecord',
      'ingressAdmin',
      'recorder',
      'agent',
      'roomJoin',
      'room',
      'constructor',
    ].map((grant): [string, string, RegExp] => [
      `the grant ${grant}`,
      `- { rooms: [a], grants: { ${grant}: true } }`,
      new RegExp(grant),
    ]),
    ['a grant that is a word', '- { rooms: [a], grants: { hidden: yes please } }', /hidden/],
    ['no sources', '- { rooms: [a], grants: { canPublishSources: [] } }', /canPublishSources/],
    ['an unknown source', '- { rooms: [a], grants: { canPublishSources: [CAMERA] } }', /canPublishSources/],
    [
      'sources for who may not publish',
      '- { rooms: [a], grants: { canPublish: false, canPublishSources: [camera] } }',
      /canPublish/,
    ],
    ['a ttl without unit', '- { rooms: [a], ttl: 300 }', /ttl/],
    ['a ttl out of bounds', '- { rooms: [a], ttl: 48h }', /ttl/],
    ['a ttl that is nothing', '- { rooms: [a], ttl: }', /ttl/],
  ])('refuses %s', (_what, content, fault) => {
    expect(faultsOf(content).join('; ')).toMatch(fault);
  });

  it('reports the faults of all rules at once', () => {
    expect(faultsOf('- {}\n- { rooms: [a] }\n- { rooms: [b], ttl: x, grants: { agent: true } }')).toEqual([
      expect.stringMatching(/^rule 1/),
      expect.stringMatching(/^rule 3: grants/),
      expect.stringMatching(/^rule 3: ttl/),
    ]);
  });
});
