/** What a client of POST /livekit/token may set beside names is CLIENT_FIELDS, in the amount that a token can carry. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { verifyToken } from '../src/testing/livekit-token.js';

const PATH = '/livekit/token';
const NAMES = { room_name: 'r', participant_identity: 'alice', participant_name: 'Alice' };

const FIELDS = {
  metadata: { body: { participant_metadata: 'm' }, written: 'participant_metadata' },
  attributes: { body: { participant_attributes: { k: 'v' } }, written: 'participant_attributes' },
  agents: { body: { room_config: { agents: [{ agent_name: 'a' }] } }, written: 'room_config.agents' },
} as const;

const problemOf = async (response: Response): Promise<unknown> => response.json();

describe.each([
  ['metadata', ['metadata']],
  ['attributes', ['attributes']],
  ['agents', ['agents']],
  ['metadata,agents', ['metadata', 'agents']],
  ['none', []],
  [undefined, ['metadata', 'attributes', 'agents']],
])('CLIENT_FIELDS=%s', (CLIENT_FIELDS, allowed) => {
  let service: RunningApp;
  beforeAll(async () => {
    service = await startApp(CLIENT_FIELDS === undefined ? {} : { CLIENT_FIELDS });
  });
  afterAll(() => service.close());

  it('never keeps a client from setting names, nor from setting nothing', async () => {
    const empty = { participant_metadata: '', participant_attributes: {}, room_config: { agents: [{}] } };
    expect((await service.post(PATH, { ...NAMES, ...empty })).status).toBe(201);
  });

  it.each(Object.entries(FIELDS))('allows or refuses %s', async (field, { body, written }) => {
    const response = await service.post(PATH, { ...NAMES, ...body }, { 'x-request-id': `sets-${field}` });
    if (allowed.includes(field)) {
      expect(response.status).toBe(201);
      const { participant_token: token } = (await response.json()) as { participant_token: string };
      expect(await verifyToken(token)).toHaveProperty(field === 'agents' ? 'roomConfig' : field);
      return;
    }
    expect(response.status).toBe(403);
    expect(await problemOf(response)).toMatchObject({
      code: 'FIELD_NOT_ALLOWED',
      detail: `${written} may not be set by clients: CLIENT_FIELDS does not list ${field}.`,
    });
    const decision = service.output.lines().find(({ requestId }) => requestId === `sets-${field}`);
    expect(decision).toMatchObject({ message: 'refused', room: 'r', identity: 'alice', policy: 'ClientFieldsPolicy' });
  });
});

describe('the other settings of a room and its agents', () => {
  let service: RunningApp;
  beforeAll(async () => {
    service = await startApp({ CLIENT_FIELDS: 'metadata,attributes,agents' });
  });
  afterAll(() => service.close());

  const upload = { s3: { access_key: 'AK', secret: 'hunter2', bucket: 'b' } };
  it.each([
    ['room_config.egress', { egress: { room: { room_name: 'r', file_outputs: [{ filepath: 'f', ...upload }] } } }],
    ['room_config.egress', { egress: { participant: { file_outputs: [] } } }],
    ['room_config.egress', { egress: 'not even an object' }],
    ['room_config.name', { name: 'n' }],
    ['room_config.metadata', { metadata: 'm' }],
    ['room_config.empty_timeout', { empty_timeout: 1 }],
    ['room_config.emptyTimeout', { emptyTimeout: 4_294_967_295 }],
    ['room_config.departure_timeout', { departure_timeout: 1 }],
    ['room_config.departureTimeout', { departureTimeout: 1 }],
    ['room_config.max_participants', { max_participants: 1 }],
    ['room_config.maxParticipants', { maxParticipants: 1 }],
    ['room_config.min_playout_delay', { min_playout_delay: 1 }],
    ['room_config.maxPlayoutDelay', { maxPlayoutDelay: 1 }],
    ['room_config.sync_streams', { sync_streams: true }],
    ['room_config.syncStreams', { syncStreams: true }],
    ['room_config.tags', { tags: { a: 'b' } }],
    ['room_config.agents[1].restart_policy', { agents: [{}, { agent_name: 'a', restart_policy: 'JRP_NEVER' }] }],
    ['room_config.agents[0].restartPolicy', { agents: [{ agentName: 'a', restartPolicy: 1 }] }],
  ])('are refused whatever CLIENT_FIELDS says: %s', async (written, config) => {
    const response = await service.post(PATH, { ...NAMES, room_config: { agents: [{ agent_name: 'a' }], ...config } });
    expect(response.status).toBe(403);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({
      code: 'FIELD_NOT_ALLOWED',
      detail: `${written} may not be set by clients, whatever CLIENT_FIELDS lists.`,
    });
    expect(text).not.toContain('hunter2');
    expect(service.output.text()).not.toContain('hunter2');
  });
});

const agent = (agent_name: string, metadata = '', deployment = '', attributes = {}) => ({
  room_config: { agents: [{ agent_name, metadata, deployment, attributes }] },
});
const x = (count: number): string => 'x'.repeat(count);

describe('the size of what a client sets', () => {
  let service: RunningApp;
  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  it.each([
    ['metadata', { participant_metadata: x(4096) }, { participant_metadata: x(4097) }],
    ['bytes, not characters', { participant_metadata: 'é'.repeat(2048) }, { participant_metadata: 'é'.repeat(2049) }],
    ['values of attributes', { participant_attributes: { k: x(4095) } }, { participant_attributes: { k: x(4096) } }],
    [
      'names of attributes',
      { participant_attributes: { [x(4096)]: '' } },
      { participant_attributes: { [x(4097)]: '' } },
    ],
    ['names of agents', agent(x(4096)), agent(x(4097))],
    ['metadata of agents', agent('a', x(4095)), agent('a', x(4096))],
    ['deployments of agents', agent('a', x(4031), x(64)), agent('a', x(4032), x(64))],
    ['attributes of agents', agent('a', '', '', { k: x(4094) }), agent('a', '', '', { k: x(4095) })],
    [
      'all of it together',
      { participant_metadata: x(1000), participant_attributes: { ab: x(998) }, ...agent('agent', x(2091)) },
      { participant_metadata: x(1001), participant_attributes: { ab: x(998) }, ...agent('agent', x(2091)) },
    ],
  ])('is 4096 bytes: %s', async (_what, enough, tooMuch) => {
    expect((await service.post(PATH, enough)).status).toBe(201);
    const refused = await service.post(PATH, tooMuch);
    expect(refused.status).toBe(400);
    expect(await problemOf(refused)).toMatchObject({
      code: 'FIELDS_TOO_LARGE',
      detail: expect.stringContaining('4096'),
    });
  });

  it('lets a token fit into the 8 KiB that common proxies take of a URL', async () => {
    const long = 'é'.repeat(128);
    const names = { room_name: long, participant_identity: long, participant_name: long };
    const response = await service.post(PATH, {
      ...names,
      participant_attributes: { k: x(2048) },
      ...agent('a', x(2046)),
    });
    const { participant_token: token } = (await response.json()) as { participant_token: string };
    expect(token.length).toBeLessThan(7.5 * 1024);
  });

  it('is enough for 800 attributes and ten agents', async () => {
    const attributes = (from: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: 400 }, (_value, index) => [`k${from + index}`, 'v']));
    const agents = Array.from({ length: 10 }, (_value, index) => ({
      agent_name: `a${index}`,
      metadata: 'm',
      deployment: 'd',
      attributes: index === 0 ? attributes(500) : {},
    }));
    const response = await service.post(PATH, {
      room_name: 'r',
      participant_name: 'p',
      participant_identity: 'i',
      participant_metadata: 'm',
      participant_attributes: attributes(100),
      room_config: { agents },
    });
    expect(response.status).toBe(201);
  });

  it('is ten agents', async () => {
    const agents = Array.from({ length: 11 }, (_, index) => ({ agent_name: `a${index}` }));
    expect((await service.post(PATH, { room_config: { agents: agents.slice(1) } })).status).toBe(201);
    const refused = await service.post(PATH, { room_config: { agents } });
    expect(refused.status).toBe(400);
    expect(await problemOf(refused)).toMatchObject({
      code: 'FIELD_INVALID',
      detail: 'room_config.agents must hold at most 10 agents',
    });
  });
});
