import { createHash } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { type RunningApp, startApp } from '../../test/support/app.js';
import { FakeIssuer } from '../../test/support/issuer.js';
import { verifyToken } from '../../test/support/livekit-token.js';

import { ApiKeysModule } from './api-keys.module.js';

const hash = createHash('sha256').update('key-of-the-kiosk').digest('hex');
const API_KEYS = `kiosk=${hash}`;
const modules = [ApiKeysModule];
const body = { roomName: 'r', participantName: 'Front desk' };

describe('API keys', () => {
  let issuer: FakeIssuer;
  let service: RunningApp | undefined;
  beforeEach(async () => {
    issuer = await FakeIssuer.start();
  });
  afterEach(async () => {
    delete process.env['API_KEYS'];
    await service?.close();
    service = undefined;
    await issuer.down();
  });

  const start = async (settings: Record<string, string>): Promise<void> => {
    service = await startApp({ API_KEYS, ...settings }, { modules });
  };
  const send = async (headers: Record<string, string>): Promise<Response> => {
    if (!service) throw new Error('Nothing was started.');
    return service.post('/token', body, headers);
  };
  const identityOf = async (headers: Record<string, string>): Promise<string | undefined> =>
    (await verifyToken((await (await send(headers)).json()) as string)).sub;

  it('let in who holds one, beside the callers of the identity provider', async () => {
    await start(issuer.settings);
    expect(await identityOf({ authorization: 'Bearer key-of-the-kiosk' })).toBe('key:kiosk');
    expect(await identityOf({ 'x-api-key': 'key-of-the-kiosk' })).toBe('key:kiosk');
    expect(await identityOf({ authorization: `Bearer ${await issuer.sign()}` })).toBe('user-1');

    const refused = await send({ authorization: 'Bearer another' });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect((await send({ 'x-api-key': 'another' })).status).toBe(401);
    expect((await send({})).status).toBe(401);
  });

  it('are enough by themselves with AUTH_MODE=custom', async () => {
    await start({ AUTH_MODE: 'custom' });
    expect(await identityOf({ 'x-api-key': 'key-of-the-kiosk' })).toBe('key:kiosk');
    expect((await send({ authorization: `Bearer ${await issuer.sign()}` })).status).toBe(401);
  });

  it('have a limit of their own', async () => {
    await start({ ...issuer.settings, RATE_LIMIT_PER_CALLER: '1' });
    const policyOf = async (headers: Record<string, string>): Promise<string | null> =>
      (await send(headers)).headers.get('ratelimit-policy');
    expect(await policyOf({ 'x-api-key': 'key-of-the-kiosk' })).toContain('q=600');
    expect(await policyOf({ authorization: `Bearer ${await issuer.sign()}` })).toContain('q=1;');
  });

  it('stop the start when they are not well-formed', async () => {
    await expect(start({ AUTH_MODE: 'custom', API_KEYS: 'kiosk=plain' })).rejects.toThrow(/API_KEYS/);
  });
});
