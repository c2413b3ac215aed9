/** Bodies that no client of POST /livekit/token sends: refused as what they are, and never an error of ours. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { type RunningApp, startApp } from '../src/testing/start-app.js';

const PATH = '/livekit/token';

let service: RunningApp;
beforeAll(async () => {
  service = await startApp();
});
afterAll(() => service.close());

interface Outcome {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function send(body: unknown, path = PATH): Promise<Outcome> {
  const response = await service.post(path, body);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Where a request has room for a value: the field, the type it must have, and a valid body around the value. */
interface Place {
  readonly field: string;
  readonly type: 'text' | 'object' | 'array';
  readonly around: (value: unknown) => unknown;
}

const agent = (name: string, type: Place['type'] = 'text'): Place => ({
  field: `room_config.agents[0].${name}`,
  type,
  around: (value) => ({ room_config: { agents: [{ agent_name: 'a', [name]: value }] } }),
});

const PLACES: readonly Place[] = [
  ...['room_name', 'participant_name', 'participant_identity', 'participant_metadata'].map((field): Place => ({
    field,
    type: 'text',
    around: (value) => ({ [field]: value }),
  })),
  ...['participant_attributes', 'room_config'].map((field): Place => ({
    field,
    type: 'object',
    around: (value) => ({ [field]: value }),
  })),
  {
    field: 'every name and value of participant_attributes',
    type: 'text',
    around: (value) => ({ participant_attributes: { good: 'text', bad: value } }),
  },
  { field: 'room_config.agents', type: 'array', around: (agents) => ({ room_config: { agents } }) },
  {
    field: 'room_config.agents[1]',
    type: 'object',
    around: (value) => ({ room_config: { agents: [{ agent_name: 'a' }, value] } }),
  },
  ...['agent_name', 'agentName', 'metadata', 'deployment'].map((name) => agent(name)),
  agent('attributes', 'object'),
  {
    field: 'every name and value of room_config.agents[0].attributes',
    type: 'text',
    around: (value) => ({ room_config: { agents: [{ attributes: { good: 'text', bad: value } }] } }),
  },
];

const VALUES = { number: 42, boolean: true, text: 'text', array: ['text'], object: { toString: 'text' } };

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'string' ? 'text' : typeof value;
}

/** LiveKit drops the agent, and nobody hears of it. */
describe('a deployment that no worker can have', () => {
  const sendDeployment = (deployment: string): ReturnType<typeof send> =>
    send({ room_config: { agents: [{ agent_name: 'a', deployment }] } });

  it.each([
    ['above 64 bytes', 'é'.repeat(32) + 'x', /bytes/],
    ['with an underscore', 'blue_green', /underscores/],
    ['with a blank', 'blue green', /blanks/],
    ['with a control character', 'blue\u007f', /control characters/],
  ])('is refused with its field: %s', async (_what, deployment, why) => {
    const { status, body: problem } = await sendDeployment(deployment);
    expect({ status, code: problem['code'] }).toEqual({ status: 400, code: 'FIELD_INVALID' });
    expect(String(problem['detail']).startsWith('room_config.agents[0].deployment must')).toBe(true);
    expect(problem['detail']).toMatch(why);
  });

  it('is not one of 64 bytes with all other signs', async () => {
    expect((await sendDeployment('é'.repeat(30) + '-./#')).status).toBe(201);
  });
});

describe('a value of a wrong type', () => {
  it.each(
    PLACES.flatMap(({ field, type, around }) =>
      Object.entries(VALUES)
        .filter(([name]) => name !== type)
        .map(([name, value]) => [field, name, around(value)] as const),
    ),
  )('is refused with its field: %s, %s', async (field, _name, body) => {
    const { status, body: problem } = await send(body);
    expect({ status, code: problem['code'] }).toEqual({ status: 400, code: 'FIELD_INVALID' });
    expect(problem['detail']).toMatch(/ must be a(n array|n object| string)$/);
    expect(String(problem['detail']).startsWith(`${field} must`)).toBe(true);
  });

  it('is refused with its field, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...PLACES), fc.jsonValue({ maxDepth: 3 }), async (place, value) => {
        fc.pre(value !== null && value !== '' && typeOf(value) !== place.type);
        const { status, body: problem } = await send(place.around(value));
        expect({ status, code: problem['code'] }).toEqual({ status: 400, code: 'FIELD_INVALID' });
        const detail = String(problem['detail']);
        expect(detail.startsWith(`${place.field} must`) || detail.includes('keys called')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['an array as body', []],
    ['an array of requests as body', [{ room_name: 'r' }]],
    ['an array of arrays as body', [[[]]]],
    ['a text as body', '"text"'],
    ['a number as body', '42'],
    ['null as body', 'null'],
    ['half an object as body', '{"room_name":'],
  ])('is refused: %s', async (_what, body) => {
    expect((await send(body)).status).toBe(400);
  });
});

const arrays = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const objects = (depth: number): string => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);

/** The text of a valid body with another text in place of the value. */
const textAround = ({ around }: Place, value: string): string =>
  JSON.stringify(around('HERE')).replace('"HERE"', () => value);

describe('a body nested deeply', () => {
  const anywhere: readonly Place[] = [
    ...PLACES,
    { field: 'an unknown field', type: 'text', around: (value) => ({ unknown: value }) },
    { field: 'an unknown field of an agent', type: 'text', around: agent('unknown').around },
    { field: 'room_config.egress', type: 'text', around: (egress) => ({ room_config: { egress } }) },
    { field: 'the whole body', type: 'text', around: (value) => value },
  ];

  it.each(anywhere)('is refused at once, at $field', async (place) => {
    for (const depth of [50, 1_000, 15_000]) {
      for (const value of [arrays(depth), objects(depth)]) {
        const begin = process.cpuUsage();
        const { status, body } = await send(textAround(place, value));
        expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'BODY_TOO_DEEP' });
        const { user, system } = process.cpuUsage(begin);
        expect(user + system).toBeLessThan(1_000_000);
      }
    }
    expect((await send(textAround(place, arrays(40_000)))).body['code']).toBe('BODY_TOO_DEEP');
    expect((await send(textAround(place, objects(20_000)))).status).toBe(413);
  });

  it('of very many values is refused, on both routes', async () => {
    const many = (count: number): string => JSON.stringify({ x: Array.from({ length: count }, () => 0) });
    expect((await send(many(1_000))).body['code']).toBe('BODY_TOO_COMPLEX');
    expect((await send(many(999))).status).toBe(201);
    expect((await send(many(1_000), '/token')).body).toBe('The body must hold at most 1000 values.');
  });

  it.each([PATH, '/token'])('costs little CPU time whatever its members, at %s', async (path) => {
    const request = { roomName: 'r', participantName: 'p' };
    const members = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_value, index) => [`k${index}`, 0]));
    const atTheTop = (count: number): object => ({ ...request, ...members(count) });
    const inAField = (count: number): object => ({ ...request, room_config: { unknown: members(count) } });
    // Of client and service together.
    const cpuTimeOf = async (body: object): Promise<number> => {
      const begin = process.cpuUsage();
      await (await service.post(path, body)).text();
      const { user, system } = process.cpuUsage(begin);
      return user + system;
    };
    for (const bodyOf of [atTheTop, inAField]) {
      const bodies = [request, bodyOf(900), bodyOf(9_900)];
      const least = bodies.map(() => Infinity);
      for (let round = 0; round < 8; round += 1) {
        for (const [index, body] of bodies.entries()) {
          least[index] = Math.min(least[index] ?? Infinity, await cpuTimeOf(body));
        }
      }
      // Of the same machine at the same time. Without the limit, 9,900 members take over 30 times as long as none.
      const [none = 0, permitted, refused] = least;
      expect(permitted).toBeLessThan(8 * none);
      expect(refused).toBeLessThan(12 * none);
    }
  });

  it('is refused by POST /token too', async () => {
    const body = `{"roomName":"r","participantName":"p","x":${arrays(20_000)}}`;
    const { status, body: message } = await send(body, '/token');
    expect({ status, message }).toEqual({ status: 400, message: 'The body must be nested at most 16 deep.' });
  });

  it('is taken as long as it could be one of LiveKit', async () => {
    const config = { unknown: JSON.parse(objects(13)) as unknown };
    expect((await send({ room_config: config })).status).toBe(201);
  });
});

const many = <T>(count: number, part: T): T[] => Array.from({ length: count }, () => part);

describe('a body of many parts', () => {
  it.each([
    ['few enough agents', { room_config: { agents: many(900, {}) } }, 400, 'FIELD_INVALID'],
    ['agents', { room_config: { agents: many(30_000, {}) } }, 400, 'BODY_TOO_COMPLEX'],
    ['agents that are null', { room_config: { agents: many(19_000, null) } }, 400, 'BODY_TOO_COMPLEX'],
    ['agents that are arrays', { room_config: { agents: many(30_000, []) } }, 400, 'BODY_TOO_COMPLEX'],
    ['attributes in an array', { participant_attributes: many(45_000, 1) }, 400, 'BODY_TOO_COMPLEX'],
    ['objects in an array', many(30_000, {}), 400, 'BODY_TOO_COMPLEX'],
    [
      'attributes',
      { participant_attributes: Object.fromEntries(many(900, 'text').map((text, index) => [`a${index}`, text])) },
      400,
      'FIELDS_TOO_LARGE',
    ],
    ['letters', { participant_metadata: 'x'.repeat(99_000) }, 400, 'FIELDS_TOO_LARGE'],
    ['too many letters', { participant_metadata: 'x'.repeat(103_000) }, 413, 'BODY_TOO_LARGE'],
  ])('is refused at once: %s', async (_what, body, status, code) => {
    const begin = process.cpuUsage();
    const outcome = await send(body);
    expect({ status: outcome.status, code: outcome.body['code'] }).toEqual({ status, code });
    const { user, system } = process.cpuUsage(begin);
    expect(user + system).toBeLessThan(1_000_000);
  });
});

describe('keys that reach for prototypes', () => {
  it.each(
    ['__proto__', 'constructor', 'prototype'].flatMap((key) => [
      [key, 'the body', `{"${key}":{"room_name":"theirs"}}`],
      [key, 'an unknown field', `{"unknown":[{"${key}":1}]}`],
      [key, 'the attributes', `{"participant_attributes":{"${key}":"text"}}`],
      [key, 'room_config', `{"room_config":{"${key}":{"agents":[{"agent_name":"a"}]}}}`],
      [key, 'an agent', `{"room_config":{"agents":[{"${key}":{"agent_name":"a"}}]}}`],
      [key, 'the attributes of an agent', `{"room_config":{"agents":[{"attributes":{"${key}":"text"}}]}}`],
    ]),
  )('are refused: %s in %s', async (_key, _where, body) => {
    const { status, body: problem } = await send(body);
    expect({ status, code: problem['code'] }).toEqual({ status: 400, code: 'FIELD_INVALID' });
    expect({}).not.toHaveProperty('room_name');
  });
});
