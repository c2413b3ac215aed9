import { describe, expect, it } from '@jest/globals';

import { parseJoinRules, type RuleError } from './join-rules.parser.js';

const errorsOf = (content: string): readonly string[] => parseJoinRules(content).errors.map(described);

const described = ({ rule, message }: RuleError): string => (rule === undefined ? message : `rule ${rule}: ${message}`);

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
      const { rules, errors } = parseJoinRules(content);
      expect(errors).toEqual([]);
      expect(rules).toMatchObject([
        {
          number: 1,
          callers: [
            { path: { source: 'groups' }, values: ['staff'] },
            { path: { source: 'level' }, values: [3] },
            { path: { source: 'email_verified' }, values: [true] },
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
    ['a claim that is a map', '- { rooms: [a], callers: { groups: { a: b } } }', /callers: groups/],
    ['a claim with an empty list', '- { rooms: [a], callers: { groups: [] } }', /callers: groups/],
    ['a malformed path', "- { rooms: [a], callers: { 'a..b': c } }", /^rule 1: callers: a\.\.b/],
    ['a malformed path in except', "- { rooms: [a], except: { 'a[': c } }", /^rule 1: except: a\[/],
    ['a malformed path in a pattern', "- rooms: ['${a..b}']", /^rule 1: rooms/],
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
  ])('refuses %s', (_what, content, error) => {
    expect(errorsOf(content).join('; ')).toMatch(error);
  });

  it('reports the errors of all rules at once', () => {
    expect(errorsOf('- {}\n- { rooms: [a] }\n- { rooms: [b], ttl: x, grants: { agent: true } }')).toEqual([
      expect.stringMatching(/^rule 1/),
      expect.stringMatching(/^rule 3: grants/),
      expect.stringMatching(/^rule 3: ttl/),
    ]);
  });

  it.each([
    ['a name twice', '- { name: a, rooms: [a] }\n- { name: a, rooms: [b] }', /^rule 2: name/],
    ['a name that is no text', '- { name: 1, rooms: [a] }', /^rule 1: name/],
    ['an identity without a claim', '- { rooms: [a], identity: host }', /^rule 1: identity/],
    ['an identity whose claims run together', "- { rooms: [a], identity: '${a}${b}' }", /^rule 1: identity/],
    ['a stay out of bounds', '- { rooms: [a], stay: 31d }', /^rule 1: stay/],
    ['no attributes', '- { rooms: [a], attributes: {} }', /^rule 1: attributes/],
    ['an attribute that is a number', '- { rooms: [a], attributes: { a: 1 } }', /^rule 1: attributes: a/],
    ['metadata that is a map', '- { rooms: [a], metadata: { a: b } }', /^rule 1: metadata/],
    ['fields over the limit', `- { rooms: [a], metadata: '${'x'.repeat(4097)}' }`, /^rule 1: metadata, attributes/],
    [
      'fields over the limit whatever the claims',
      `- { rooms: [a], attributes: { a: '\${sub}${'x'.repeat(4096)}' } }`,
      /^rule 1: metadata, attributes/,
    ],
    ['ill-formed metadata', '- { rooms: [a], metadata: "\\ud800" }', /^rule 1: metadata must be well-formed/],
    [
      'an ill-formed agent',
      '- { rooms: [a], room: { agents: [{ agentName: "\\ud800" }] } }',
      /agentName .*well-formed/,
    ],
    [
      'a deployment that LiveKit drops',
      '- { rooms: [a], room: { agents: [{ agentName: a, deployment: blue_green }] } }',
      /^rule 1: room: deployment must not contain/,
    ],
    ['no participants', '- { rooms: [a], room: { maxParticipants: 0 } }', /^rule 1: room: maxParticipants/],
    ['a fraction of participants', '- { rooms: [a], room: { maxParticipants: 1.5 } }', /maxParticipants/],
    ['a timeout of nothing', '- { rooms: [a], room: { emptyTimeout: 0s } }', /emptyTimeout/],
    ['a timeout without unit', '- { rooms: [a], room: { departureTimeout: 30 } }', /departureTimeout/],
    ['egress', '- { rooms: [a], room: { egress: {} } }', /^rule 1: room: egress is not known/],
    ['an empty room', '- { rooms: [a], room: {} }', /^rule 1: room/],
    ['an agent without a name', '- { rooms: [a], room: { agents: [{ metadata: m }] } }', /agentName/],
    ['an agent twice', '- { rooms: [a], room: { agents: [{ agentName: a }, { agentName: a }] } }', /agentName twice/],
    ['eleven agents', `- { rooms: [a], room: { agents: [${Array(11).fill('{ agentName: a }').join()}] } }`, /1 to 10/],
    ['no zone', "- { rooms: [a], when: { from: '08:00' } }", /^rule 1: when: zone/],
    ['an unknown zone', '- { rooms: [a], when: { zone: Mars/Olympus } }', /^rule 1: when: zone/],
    ['an unknown day', '- { rooms: [a], when: { zone: UTC, days: mo-fr } }', /^rule 1: when: days/],
    ['a time that YAML reads as a number', '- { rooms: [a], when: { zone: UTC, from: 0800 } }', /^rule 1: when: from/],
    ['a time of 24:30', "- { rooms: [a], when: { zone: UTC, to: '24:30' } }", /^rule 1: when: to/],
    ['a window of no length', "- { rooms: [a], when: { zone: UTC, from: '08:00', to: '08:00' } }", /^rule 1: when: to/],
    ['February 30th', '- { rooms: [a], when: { zone: UTC, fromDate: 2026-02-30 } }', /^rule 1: when: fromDate/],
    [
      'dates in the wrong order',
      '- { rooms: [a], when: { zone: UTC, fromDate: 2026-02-02, toDate: 2026-02-01 } }',
      /toDate/,
    ],
    ['no windows', '- { rooms: [a], when: [] }', /^rule 1: when/],
    ['an unknown key of the file', '{ rules: [{ rooms: [a] }], default: { ttl: 5m } }', /^default is not known/],
    ['rooms as a default', '{ defaults: { rooms: [a] }, rules: [{ rooms: [a] }] }', /^defaults: rooms/],
    ['a default that is invalid', '{ defaults: { ttl: 1s }, rules: [{ rooms: [a] }] }', /ttl/],
  ])('refuses %s', (_what, content, error) => {
    expect(errorsOf(content).join('; ')).toMatch(error);
  });

  it('lets a rule replace a default, and add to grants, attributes and room', () => {
    const { rules, errors } = parseJoinRules(`
defaults:
  ttl: 5m
  grants: { canPublish: false, hidden: true }
  room: { maxParticipants: 5 }
  except: { groups: suspended }
rules:
  - rooms: [a]
  - { rooms: [b], ttl: 10m, grants: { canPublish: true }, room: { emptyTimeout: 1m }, except: { groups: guests } }
`);
    expect(errors).toEqual([]);
    expect(rules).toMatchObject([
      {
        ttl: 300,
        grants: { canPublish: false, hidden: true },
        room: { maxParticipants: 5 },
        except: [{ values: ['suspended'] }],
      },
      {
        ttl: 600,
        grants: { canPublish: true, hidden: true },
        room: { maxParticipants: 5, emptyTimeout: 60 },
        except: [{ values: ['guests'] }],
      },
    ]);
  });

  it('says line and column of what is invalid', () => {
    const content = `- rooms: [a]
- rooms:
    - b
    - ''
  grants:
    hidden: maybe
  tll: 5m
`;
    expect(parseJoinRules(content).errors.map(({ rule, line, column }) => ({ rule, line, column }))).toEqual([
      { rule: 2, line: 7, column: 3 },
      { rule: 2, line: 4, column: 7 },
      { rule: 2, line: 6, column: 5 },
    ]);
    expect(parseJoinRules('- rooms: [a\n').errors).toMatchObject([{ line: 2, column: 1 }]);
  });
});
