import { createHash } from 'node:crypto';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { FakeIssuer, type RunningApp, startApp, verifyToken } from 'livekit-token-service/testing';

import { PartnerKeysModule } from './partner-keys.module.js';

const entry = (name: string, limit: number, key: string): string =>
  `${name}:${limit}:${createHash('sha256').update(key).digest('hex')}`;
const PARTNER_KEYS = [entry('acme', 600, 'key-of-acme'), entry('beta', 2, 'key-of-beta')].join();

const acme = { 'x-api-key': 'key-of-acme' };
const beta = { 'x-api-key': 'key-of-beta' };

let issuer: FakeIssuer;
let service: RunningApp;
beforeAll(async () => {
  issuer = await FakeIssuer.start();
});
afterAll(async () => {
  await issuer.stop();
});
afterEach(() => service?.close());

const start = async (settings: Record<string, string>): Promise<void> => {
  service = await startApp({ PARTNER_KEYS, ...settings }, { modules: [PartnerKeysModule] });
};
const user = async (): Promise<Record<string, string>> => ({ authorization: `Bearer ${await issuer.sign()}` });

/** What `POST /livekit/token` returns: the identity in the token, or the code of the error. */
const ask = async (headers: Record<string, string>, participant_identity?: string): Promise<unknown> => {
  const response = await service.post('/livekit/token', { room_name: 'r', participant_identity }, headers);
  const body = (await response.json()) as { participant_token: string; code: string };
  return response.status === 201 ? (await verifyToken(body.participant_token)).sub : body.code;
};

describe('beside an identity provider', () => {
  it('a partner’s server asks for tokens of its participants, by identity', async () => {
    await start(issuer.settings);
    expect(await ask(acme, 'partner:acme:alice')).toBe('partner:acme:alice');
    expect(await ask({ authorization: 'Bearer key-of-acme' }, 'partner:acme:bob')).toBe('partner:acme:bob');
    expect(await ask(acme)).toBe('partner:acme');
    for (const identity of ['partner:beta:alice', 'partner:acmes', 'user-1', 'alice']) {
      expect(await ask(acme, identity)).toBe('IDENTITY_NOT_OWN');
    }

    const openVidu = await service.post('/token', { roomName: 'r', participantName: 'partner:acme:carol' }, acme);
    expect((await verifyToken((await openVidu.json()) as string)).sub).toBe('partner:acme:carol');
  });

  it('users join as themselves, and what is neither a key nor an access token is refused', async () => {
    await start(issuer.settings);
    expect(await ask(await user())).toBe('user-1');
    expect(await ask(await user(), 'partner:acme:alice')).toBe('IDENTITY_NOT_OWN');
    expect(await ask({ 'x-api-key': 'another' })).toBe('INVALID_TOKEN');
    expect(await ask({ authorization: 'Bearer another' })).toBe('INVALID_TOKEN');
    expect(await ask({})).toBe('AUTHENTICATION_REQUIRED');
  });

  it('each key has its own limit, whatever the participant', async () => {
    await start({ ...issuer.settings, RATE_LIMIT_PER_CALLER: '1' });
    expect(await ask(beta, 'partner:beta:a')).toBe('partner:beta:a');
    expect(await ask(beta, 'partner:beta:b')).toBe('partner:beta:b');
    expect(await ask(beta, 'partner:beta:c')).toBe('RATE_LIMITED');
    for (const name of ['a', 'b', 'c']) expect(await ask(acme, `partner:acme:${name}`)).toBe(`partner:acme:${name}`);
    expect(await ask(await user())).toBe('user-1');
    expect(await ask(await user())).toBe('RATE_LIMITED');
  });
});

it('with AUTH_MODE=custom, keys are the only credential', async () => {
  await start({ AUTH_MODE: 'custom' });
  expect(await ask(acme, 'partner:acme:alice')).toBe('partner:acme:alice');
  expect(await ask(await user())).toBe('INVALID_TOKEN');
});

it.each(['acme:600:key-of-acme', `acme:0:${'0'.repeat(64)}`, `acme:600:${'0'.repeat(64)},beta:600:${'0'.repeat(64)}`])(
  'the start fails with PARTNER_KEYS=%s, without showing it',
  async (keys) => {
    const failure = start({ AUTH_MODE: 'custom', PARTNER_KEYS: keys });
    await expect(failure).rejects.toThrow(/^PARTNER_KEYS must be [^=0]+, each key once\.$/);
  },
);
