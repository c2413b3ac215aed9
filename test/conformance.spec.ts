/** LiveKit's own client, from npm, fetches its credentials from POST /livekit/token. */
import type { Server } from 'node:http';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as client from 'livekit-client';
import * as client221 from 'livekit-client-2.21';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { FakeIssuer } from '../src/testing/fake-issuer.js';
import { verifyToken } from '../src/testing/livekit-token.js';

const EVERY_OPTION = {
  roomName: 'Test Room',
  participantName: 'Alice B. 🏠',
  participantIdentity: 'alice',
  participantMetadata: '{"a":1}',
  participantAttributes: { k: 'v', toString: 'text' },
  agentName: 'A',
  agentMetadata: '{"m":"M"}',
  deployment: 'staging',
};

describe.each([
  ['2.23.0', client],
  ['2.21.0', client221],
])('livekit-client %s', (version, { TokenSource, decodeTokenPayload, version: itself }) => {
  let service: RunningApp;
  let requests = 0;
  const count = (): void => {
    requests += 1;
  };
  beforeAll(async () => {
    service = await startApp({ LIVEKIT_URL: 'https://livekit.example.com' });
    (service.app.getHttpServer() as Server).on('request', count);
  });
  beforeEach(() => {
    requests = 0;
  });
  afterAll(() => service.close());

  const endpoint = (): ReturnType<typeof TokenSource.endpoint> => TokenSource.endpoint(`${service.url}/livekit/token`);

  it('is the one that is said', () => {
    expect(itself).toBe(version);
  });

  it('finds every option in the claims', async () => {
    const { serverUrl, participantToken, ...others } = await endpoint().fetch(EVERY_OPTION);
    expect(serverUrl).toBe('wss://livekit.example.com');
    expect(others).toEqual({});
    const { iss: _iss, exp: _exp, nbf: _nbf, ...claims } = await verifyToken(participantToken);
    expect(claims).toEqual({
      sub: 'alice',
      name: 'Alice B. 🏠',
      metadata: '{"a":1}',
      attributes: { k: 'v', toString: 'text' },
      video: { roomJoin: true, room: 'Test Room' },
      roomConfig: { agents: [{ agentName: 'A', metadata: '{"m":"M"}', deployment: 'staging' }] },
    });
    const { roomConfig } = decodeTokenPayload(participantToken);
    expect(roomConfig?.agents).toMatchObject([{ agentName: 'A', metadata: '{"m":"M"}', deployment: 'staging' }]);
  });

  it.each(Object.entries(EVERY_OPTION))('may set one option alone: %s', async (option, value) => {
    const { participantToken } = await endpoint().fetch({ [option]: value });
    const claims = await verifyToken(participantToken);
    const [agent = {}] = (claims.roomConfig?.['agents'] ?? []) as Record<string, unknown>[];
    const found: Record<string, unknown> = {
      roomName: claims.video['room'],
      participantName: claims.name,
      participantIdentity: claims.sub,
      participantMetadata: claims.metadata,
      participantAttributes: claims.attributes,
      agentName: agent['agentName'],
      agentMetadata: agent['metadata'],
      deployment: agent['deployment'],
    };
    expect(found[option]).toEqual(value);
    const made = new Set(['roomName', 'participantIdentity', option]);
    expect(Object.entries(found).filter(([name, at]) => at !== undefined && !made.has(name))).toEqual([]);
  });

  it.each([
    ['no options', {}],
    ['options set to nothing', { roomName: '', participantIdentity: '', participantMetadata: '', agentName: '' }],
    ['options set to undefined', { roomName: undefined, participantAttributes: undefined }],
    ['empty attributes and agent', { participantAttributes: {}, agentName: '', agentMetadata: '', deployment: '' }],
  ])('gets a room and an identity of its own for %s', async (_what, options) => {
    const [one, other] = await Promise.all([endpoint().fetch(options), endpoint().fetch(options)]);
    const [first, second] = await Promise.all([verifyToken(one.participantToken), verifyToken(other.participantToken)]);
    expect(first.sub).not.toBe(second.sub);
    expect(first.video['room']).not.toBe(second.video['room']);
    expect(first).not.toHaveProperty('roomConfig');
    expect(first).not.toHaveProperty('attributes');
  });

  it('asks once for the same options, and again for others or by force', async () => {
    const source = endpoint();
    const fetched = [
      await source.fetch(EVERY_OPTION),
      await source.fetch(EVERY_OPTION),
      await source.fetch(EVERY_OPTION),
    ];
    expect(requests).toBe(1);
    expect(new Set(fetched.map(({ participantToken }) => participantToken)).size).toBe(1);

    await source.fetch({ ...EVERY_OPTION, roomName: 'another' });
    expect(requests).toBe(2);
    await source.fetch({ ...EVERY_OPTION, roomName: 'another' }, true);
    expect(requests).toBe(3);
  });

  it('asks once also when three ask at the same time', async () => {
    const source = endpoint();
    const fetched = await Promise.all([1, 2, 3].map(() => source.fetch({})));
    expect(requests).toBe(1);
    expect(new Set(fetched.map(({ participantToken }) => participantToken)).size).toBe(1);
  });

  it('tells the app what we refused, and why', async () => {
    await expect(endpoint().fetch({ roomName: ' ' })).rejects.toThrow(/received 400 .*NAME_BLANK/);
    await expect(endpoint().fetch({ roomName: ' ' })).rejects.toThrow('room_name must not be blank');
    await expect(endpoint().fetch({ participantMetadata: 'x'.repeat(5000) })).rejects.toThrow(
      /received 400 .*4096 bytes/,
    );
  });

  describe('of a caller who is known', () => {
    let issuer: FakeIssuer;
    let closed: RunningApp;
    beforeAll(async () => {
      issuer = await FakeIssuer.start();
      closed = await startApp(issuer.settings);
    });
    afterAll(async () => {
      await closed.close();
      await issuer.stop();
    });

    const endpointOf = async (): Promise<ReturnType<typeof TokenSource.endpoint>> =>
      TokenSource.endpoint(`${closed.url}/livekit/token`, {
        headers: { Authorization: `Bearer ${await issuer.sign({ sub: 'user-1', name: 'Alice' })}` },
      });

    it('gets the identity of its access token, whether it asks for it or not', async () => {
      for (const options of [{}, { participantIdentity: 'user-1' }]) {
        const { participantToken } = await (await endpointOf()).fetch(options);
        expect(await verifyToken(participantToken)).toMatchObject({ sub: 'user-1', name: 'Alice' });
      }
    });

    it('is told what it may not set', async () => {
      const source = await endpointOf();
      await expect(source.fetch({ participantIdentity: 'bob' })).rejects.toThrow(/received 403 .*IDENTITY_NOT_OWN/);
      await expect(source.fetch({ participantMetadata: '{}' })).rejects.toThrow(
        'participant_metadata may not be set by clients: CLIENT_FIELDS does not list metadata.',
      );
      await expect(source.fetch({ participantAttributes: { role: 'host' } })).rejects.toThrow(
        'participant_attributes may not be set by clients: CLIENT_FIELDS does not list attributes.',
      );
    });

    it('may ask for an agent', async () => {
      const { participantToken } = await (await endpointOf()).fetch({ agentName: 'A' });
      expect((await verifyToken(participantToken)).roomConfig).toEqual({ agents: [{ agentName: 'A' }] });
    });

    it('may renew its access token between two requests', async () => {
      let accessToken = 'expired';
      const source = TokenSource.endpoint(`${closed.url}/livekit/token`, {
        get headers() {
          return { Authorization: `Bearer ${accessToken}` };
        },
      });
      await expect(source.fetch({})).rejects.toThrow(/received 401 .*INVALID_TOKEN/);
      accessToken = await issuer.sign({ sub: 'user-2' });
      expect((await verifyToken((await source.fetch({})).participantToken)).sub).toBe('user-2');
    });

    it('is nobody without its access token', async () => {
      const source = TokenSource.endpoint(`${closed.url}/livekit/token`);
      await expect(source.fetch({})).rejects.toThrow(/received 401 .*AUTHENTICATION_REQUIRED/);
    });
  });
});

/** What the other SDKs send, byte for byte, by their sources. */
describe('the requests of other SDKs', () => {
  let service: RunningApp;
  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  const json = 'application/json';
  it.each([
    ['Swift, no options', '{"room_config":{}}', json, {}],
    ['Swift', '{"room_name":"r","room_config":{"agents":[{"agent_name":"A","metadata":"M"}]}}', json, {}],
    ['Android, no options', '{"room_config":{}}', json, {}],
    [
      'Android',
      '{"room_name":"r","room_config":{"agents":[{"agent_name":"A","metadata":"M","deployment":"D","attributes":{"k":"v"}}]}}',
      json,
      { 'x-app': 'android' },
    ],
    ['Flutter, no options', '{"room_config":{}}', 'application/json; charset=utf-8', {}],
    ['Flutter', '{"room_name":"r","participant_attributes":{"k":"v"}}', 'application/json; charset=utf-8', {}],
    ['a development token server', '{"room_name":"r"}', json, { 'x-sandbox-id': 'token-server-1' }],
  ])('are answered: %s', async (_sdk, body, type, headers) => {
    const response = await service.post('/livekit/token', body, { 'content-type': type, ...headers });
    expect(response.status).toBe(201);
    const answer = (await response.json()) as Record<string, string>;
    expect(Object.keys(answer)).toEqual(['server_url', 'participant_token', 'participant_name', 'room_name']);
    expect(URL.canParse(answer['server_url'] ?? '')).toBe(true);
    const claims = await verifyToken(answer['participant_token'] ?? '');
    expect(claims.video['room']).toBe(answer['room_name']);
    expect(claims.roomConfig !== undefined).toBe(body.includes('agent_name'));
  });
});
