/** POST /livekit/token answers as LiveKit's standard token endpoint, whatever of its optional fields is sent. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { type LiveKitClaims, verifyToken } from '../src/testing/livekit-token.js';

interface Answer {
  readonly server_url: string;
  readonly participant_token: string;
  readonly participant_name: string;
  readonly room_name: string;
}

const PATH = '/livekit/token';
const GENERATED_ROOM = /^room-[0-9a-f]{32}$/;
const GENERATED_IDENTITY = /^participant-[0-9a-f]{32}$/;

describe('POST /livekit/token', () => {
  let service: RunningApp;
  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  const issue = async (body: unknown): Promise<{ answer: Answer; claims: LiveKitClaims }> => {
    const response = await service.post(PATH, body);
    expect(response.status).toBe(201);
    const answer = (await response.json()) as Answer;
    return { answer, claims: await verifyToken(answer.participant_token) };
  };

  it('answers 201 with the four fields of the standard and the token of the request', async () => {
    const before = Date.now() / 1000;
    const response = await service.post(PATH, {
      room_name: 'Test Room',
      participant_name: 'Alice B.',
      participant_identity: 'alice',
      participant_metadata: '{"a":1}',
      participant_attributes: { k: 'v', empty: '' },
      room_config: { agents: [{ agent_name: 'A', metadata: 'M', deployment: 'D', attributes: { x: 'y' } }] },
    });
    const after = Date.now() / 1000;

    expect(response.status).toBe(201);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { participant_token: token, ...others } = (await response.json()) as Answer;
    expect(others).toEqual({
      server_url: 'ws://localhost:7880',
      participant_name: 'Alice B.',
      room_name: 'Test Room',
    });
    const { exp = 0, nbf = 0, ...claims } = await verifyToken(token);
    expect(claims).toEqual({
      iss: 'devkey',
      sub: 'alice',
      name: 'Alice B.',
      metadata: '{"a":1}',
      attributes: { k: 'v', empty: '' },
      video: { roomJoin: true, room: 'Test Room' },
      // To the letter: a LiveKit server that does not know a field refuses the token, even if its value is a default.
      roomConfig: { agents: [{ agentName: 'A', metadata: 'M', deployment: 'D', attributes: { x: 'y' } }] },
    });
    expect(exp - nbf).toBe(600);
    expect(nbf).toBeGreaterThan(before - 5);
    expect(nbf).toBeLessThan(after + 5);
  });

  it.each([
    ['nothing', {}],
    ['an empty room_config', { room_config: {} }],
    ['empty strings', { room_name: '', participant_name: '', participant_identity: '', participant_metadata: '' }],
    ['null', { room_name: null, participant_identity: null, participant_attributes: null, room_config: null }],
    ['empty attributes', { participant_attributes: {} }],
    ['no agents', { room_config: { agents: [] } }],
    ['null agents', { room_config: { agents: null } }],
    ['an empty agent', { room_config: { agents: [{}] } }],
    ['agents of empty fields', { room_config: { agents: [{ agent_name: '' }, { metadata: '', attributes: {} }] } }],
    [
      'the defaults of every setting',
      {
        room_config: {
          name: '',
          empty_timeout: 0,
          departureTimeout: 0,
          max_participants: 0,
          metadata: '',
          egress: {},
          sync_streams: false,
          agents: [{ agent_name: '', restart_policy: 'JRP_ON_FAILURE' }, { restartPolicy: 0 }],
          tags: {},
        },
      },
    ],
    ['unknown fields', { ttl: 9, video: { roomAdmin: true }, room_config: { roomCreate: true, agents: [{ x: 1 }] } }],
  ])('makes up room and identity, and nothing else, for %s', async (_what, body) => {
    const { answer, claims } = await issue(body);
    const { iss, exp, nbf, sub, ...others } = claims;
    expect({ iss, exp: typeof exp, nbf: typeof nbf }).toEqual({ iss: 'devkey', exp: 'number', nbf: 'number' });
    expect(sub).toMatch(GENERATED_IDENTITY);
    expect(answer.participant_name).toBe(sub);
    expect(answer.room_name).toMatch(GENERATED_ROOM);
    expect(others).toEqual({ video: { roomJoin: true, room: answer.room_name } });
  });

  it('makes up other names each time', async () => {
    const issued = await Promise.all(Array.from({ length: 20 }, () => issue({})));
    expect(new Set(issued.flatMap(({ claims }) => [claims.sub, claims.video['room']])).size).toBe(40);
  });

  it('makes up only the name that is missing', async () => {
    const [withRoom, withIdentity] = await Promise.all([
      issue({ room_name: 'r' }),
      issue({ participant_identity: 'alice' }),
    ]);
    expect(withRoom.claims.video['room']).toBe('r');
    expect(withRoom.claims.sub).toMatch(GENERATED_IDENTITY);
    expect(withIdentity.claims.sub).toBe('alice');
    expect(withIdentity.answer.room_name).toMatch(GENERATED_ROOM);
  });

  it.each([
    ['snake_case', { agents: [{ agent_name: 'A', metadata: 'M', deployment: 'D' }] }],
    ['camelCase', { agents: [{ agentName: 'A', metadata: 'M', deployment: 'D' }] }],
    ['both', { agents: [{ agent_name: 'A', agentName: 'B', metadata: 'M', deployment: 'D' }] }],
    ['both, one of them empty', { agents: [{ agent_name: '', agentName: 'A', metadata: 'M', deployment: 'D' }] }],
  ])('reads agents in %s', async (_what, room_config) => {
    const { claims } = await issue({ room_config });
    expect(claims.roomConfig).toEqual({ agents: [{ agentName: 'A', metadata: 'M', deployment: 'D' }] });
  });

  it('keeps what an agent has, and only that', async () => {
    const agents = [{ agent_name: 'A' }, { metadata: 'for the agents without a name' }, {}, { deployment: 'staging' }];
    const { claims } = await issue({ room_config: { agents } });
    expect(claims.roomConfig).toEqual({
      agents: [{ agentName: 'A' }, { metadata: 'for the agents without a name' }, { deployment: 'staging' }],
    });
  });

  it('signs what it is given byte for byte', async () => {
    const text = ' Straße 🏠 e\u0301 é "\\\u2028\u0000 ';
    const attributes = { [text]: text, toString: 'a', hasOwnProperty: 'b', length: '1', '': 'c' };
    const { claims } = await issue({
      room_name: text,
      participant_identity: text,
      participant_name: text,
      participant_metadata: text,
      participant_attributes: attributes,
      room_config: { agents: [{ agent_name: text, metadata: text, attributes }] },
    });
    expect(claims).toMatchObject({ sub: text, name: text, metadata: text, video: { room: text } });
    expect(claims.attributes).toEqual(attributes);
    expect(claims.roomConfig).toEqual({ agents: [{ agentName: text, metadata: text, attributes }] });
  });

  it.each([
    ['a charset', { 'content-type': 'application/json; charset=utf-8' }],
    [
      'headers of their own',
      { 'x-sandbox-id': 'token-server-1', 'x-app': 'a', authorization: 'Bearer of-no-use-here' },
    ],
    ['a slash at the end', {}, `${PATH}/`],
    ['two slashes', {}, `/${PATH}`],
  ])('serves clients that send %s', async (_what, headers: Record<string, string>, path = PATH) => {
    const response = await service.post(path, '{"room_config":{}}', headers);
    expect(response.status).toBe(201);
  });

  it('takes a request without a body for an empty one', async () => {
    const response = await fetch(service.url + PATH, { method: 'POST' });
    expect(response.status).toBe(201);
  });

  it.each([
    ['a blank room', { room_name: ' ' }, 'NAME_BLANK', 'room_name'],
    ['a blank identity', { participant_identity: '\t\n' }, 'NAME_BLANK', 'participant_identity'],
    ['a blank name', { participant_name: '\u3000' }, 'NAME_BLANK', 'participant_name'],
    ['258 bytes of room', { room_name: 'é'.repeat(129) }, 'NAME_TOO_LONG', 'room_name'],
    ['257 bytes of identity', { participant_identity: 'x'.repeat(257) }, 'NAME_TOO_LONG', 'participant_identity'],
    ['257 bytes of name', { participant_name: 'x'.repeat(257) }, 'NAME_TOO_LONG', 'participant_name'],
    ['half a surrogate pair', '{"room_name":"\\ud83d"}', 'NAME_NOT_UNICODE', 'room_name'],
    ['half a surrogate pair of text', '{"participant_metadata":"\\ud83d"}', 'FIELD_INVALID', 'participant_metadata'],
    [
      'half a surrogate pair in an attribute',
      '{"participant_attributes":{"\\ud83d":"x"}}',
      'FIELD_INVALID',
      'every name and value of participant_attributes',
    ],
  ])('refuses with the field and a code: %s', async (_what, body, code, field) => {
    const response = await service.post(PATH, body);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(await response.json()).toMatchObject({
      status: 400,
      code,
      detail: expect.stringMatching(`^${field} must `),
    });
  });

  it('accounts for every decision', async () => {
    await service.post(PATH, { room_name: 'r', participant_identity: 'alice' }, { 'x-request-id': 'good' });
    await service.post(PATH, { room_name: 5 }, { 'x-request-id': 'bad' });
    await service.post(PATH, '{', { 'x-request-id': 'broken' });
    const decision = (id: string): unknown => service.output.lines().find(({ requestId }) => requestId === id);
    expect(decision('good')).toMatchObject({ message: 'issued', route: PATH, room: 'r', identity: 'alice' });
    expect(decision('bad')).toMatchObject({ message: 'refused', route: PATH, status: 400, code: 'FIELD_INVALID' });
    expect(decision('broken')).toMatchObject({ message: 'refused', route: PATH, status: 400, code: 'MALFORMED_JSON' });
  });
});
