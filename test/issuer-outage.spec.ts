/** Keys of the issuer: found, cached, rotated, and kept while it is down; without any, all callers get 503. */
import { generateKeyPairSync } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JWK } from 'jose';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { holdTimeouts, pass, takeClock } from './support/clock.js';
import { eventually } from '../src/testing/eventually.js';
import { FakeIssuer } from '../src/testing/fake-issuer.js';

const MINUTE = 60_000;

describe('the issuer', () => {
  let issuer: FakeIssuer;
  let service: RunningApp;
  takeClock();
  beforeEach(async () => {
    issuer = await FakeIssuer.start();
  });
  afterEach(async () => {
    await service.close();
    await issuer.stop();
  });

  const ask = async (token: Promise<string> | string = issuer.sign()): Promise<number> => {
    const authorization = `Bearer ${await token}`;
    return (await service.post('/token', { roomName: 'r', participantName: 'p' }, { authorization })).status;
  };
  const logged = (part: string): number => service.output.text().split(part).length - 1;

  it('is asked once, however many callers come', async () => {
    service = await startApp(issuer.settings);
    expect(issuer.requests).toEqual([]);
    expect(await Promise.all(Array.from({ length: 20 }, () => ask()))).toEqual(Array.from({ length: 20 }, () => 200));
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  it('is not asked for discovery when OIDC_JWKS_URI says where the keys are', async () => {
    service = await startApp({ ...issuer.settings, OIDC_JWKS_URI: `${issuer.url}/keys` });
    expect(await ask()).toBe(200);
    expect(issuer.requests).toEqual(['/keys']);
  });

  it('may rotate its keys', async () => {
    service = await startApp(issuer.settings);
    const old = await issuer.sign();
    expect(await ask(old)).toBe(200);
    await issuer.rotate();
    pass(MINUTE);
    expect(await ask()).toBe(200);
    expect(await ask(old)).toBe(200);
  });

  it('is not flooded by made-up key ids', async () => {
    service = await startApp(issuer.settings);
    expect(await ask()).toBe(200);
    const before = issuer.requests.length;
    const statuses = [];
    for (let n = 0; n < 20; n += 1) statuses.push(await ask(issuer.sign({}, { kid: `made-up-${n}` })));
    expect(new Set(statuses)).toEqual(new Set([401]));
    expect(issuer.requests).toHaveLength(before);
    pass(MINUTE);
    for (let n = 0; n < 20; n += 1) await ask(issuer.sign({}, { kid: `made-up-${n}` }));
    expect(issuer.requests).toHaveLength(before + 2);
  });

  it('may sign without a key id while it has several keys', async () => {
    await issuer.rotate();
    service = await startApp(issuer.settings);
    expect(await ask(issuer.sign({}, { kid: undefined }))).toBe(200);
    await issuer.rotate({ drop: true });
    expect(await ask(issuer.sign({}, { kid: undefined }))).toBe(401);
  });

  it('may publish keys that cannot be used: tokens of its other keys are good, tokens that name them are not', async () => {
    const { n = '', e = '' } = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
    const [good] = issuer.publicJwks;
    issuer.otherKeys = [
      { kid: 'short', kty: 'RSA', n, e, alg: 'RS256', use: 'sig' },
      { kid: 'short-without-alg', kty: 'RSA', n, e },
      { kid: 'unknown', kty: 'XYZ', alg: 'RS256' },
      { kid: 'secret', kty: 'oct', k: 'c2VjcmV0', alg: 'HS256' },
      { kid: 'half', kty: 'RSA', e },
      { kid: 'curve', kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', alg: 'ES256' },
      { ...good, kid: 'encryption', use: 'enc' },
      null as unknown as JWK,
    ];
    service = await startApp(issuer.settings);
    expect(await ask(issuer.sign({}, { kid: undefined }))).toBe(200);
    expect(await ask()).toBe(200);
    for (const kid of ['short', 'short-without-alg', 'unknown', 'secret', 'half', 'curve', 'encryption']) {
      expect([kid, await ask(issuer.sign({}, { kid }))]).toEqual([kid, 401]);
    }
    expect(service.output.text()).not.toContain('stack');
    expect(logged('keys that cannot be used')).toBe(1);
  });

  it('has withdrawn a key hours ago: the first request after an idle time waits for the keys', async () => {
    service = await startApp(issuer.settings);
    const old = await issuer.sign({ exp: Math.floor(Date.now() / 1000) + 36_000 });
    expect(await ask(old)).toBe(200);
    await issuer.rotate({ drop: true });
    pass(180 * MINUTE);
    expect(await ask(old)).toBe(401);
    expect(await ask()).toBe(200);
  });

  it('hangs when its keys are old: one request waits for a bounded time, the others do not wait', async () => {
    service = await startApp(issuer.settings);
    const token = await issuer.sign({ exp: Math.floor(Date.now() / 1000) + 36_000 });
    expect(await ask(token)).toBe(200);
    issuer.behaviour = 'hang';
    pass(180 * MINUTE);
    const before = issuer.requests.length;
    await holdTimeouts(async (timeouts) => {
      const waiting = ask(token);
      await eventually(() => issuer.requests.length > before);
      expect(timeouts.lengths).toEqual([5_000]);
      timeouts.elapse();
      expect(await waiting).toBe(200);
      pass(3000);
      // The next fetch hangs too, and its timeout does not elapse here.
      expect(await ask(token)).toBe(200);
    });
  });

  it('has withdrawn a key: it is refused once the keys were fetched again', async () => {
    service = await startApp(issuer.settings);
    const old = await issuer.sign({ exp: Math.floor(Date.now() / 1000) + 3600 });
    expect(await ask(old)).toBe(200);
    await issuer.rotate({ drop: true });
    pass(11 * MINUTE);
    const before = issuer.requests.length;
    expect(await ask(old)).toBe(200);
    await eventually(() => issuer.requests.length === before + 2);
    expect(await ask()).toBe(200);
    expect(await ask(old)).toBe(401);
  });

  it('may go down: known keys stay in use, with one warning', async () => {
    service = await startApp(issuer.settings);
    const token = await issuer.sign({ exp: Math.floor(Date.now() / 1000) + 7200 });
    expect(await ask(token)).toBe(200);
    await issuer.stop();
    for (let round = 0; round < 3; round += 1) {
      pass(11 * MINUTE);
      expect(await ask(token)).toBe(200);
    }
    await eventually(() => logged('cannot be fetched; its known keys') === 1);
    expect(await ask(issuer.sign({}, { kid: 'unknown' }))).toBe(503);
    await issuer.listen();
    pass(MINUTE);
    expect(await ask()).toBe(200);
  });

  it.each(['error', 'nonsense'] as const)('was never reached (%s): 503 until it can be reached', async (behaviour) => {
    issuer.behaviour = behaviour;
    service = await startApp(issuer.settings);
    expect(await ask()).toBe(503);
    const before = issuer.requests.length;
    expect(await ask()).toBe(503);
    expect(issuer.requests).toHaveLength(before);
    issuer.behaviour = 'answer';
    pass(3000);
    expect(await ask()).toBe(200);
  });

  it('is not listening at first: 503 with its code until it listens', async () => {
    await issuer.stop();
    service = await startApp(issuer.settings);
    expect(await ask()).toBe(503);
    expect(await ask(issuer.sign({ iss: 'https://other.example' }))).toBe(401);
    expect(await ask('opaque')).toBe(401);
    expect(service.output.lines().find(({ message }) => message === 'refused')).toMatchObject({
      code: 'AUTHENTICATION_UNAVAILABLE',
    });
    await issuer.listen();
    pass(3000);
    expect(await ask()).toBe(200);
  });

  it('hangs: callers are answered 503 within a bounded time', async () => {
    issuer.behaviour = 'hang';
    service = await startApp(issuer.settings);
    await holdTimeouts(async (timeouts) => {
      const waiting = Promise.all([ask(), ask(), ask()]);
      await eventually(() => issuer.requests.length > 0);
      expect(new Set(timeouts.lengths)).toEqual(new Set([5_000]));
      timeouts.elapse();
      expect(await waiting).toEqual([503, 503, 503]);
    });
  });

  it('is not the one that the discovery document names: callers get 503', async () => {
    service = await startApp({ ...issuer.settings, OIDC_ISSUER: `${issuer.url}/` });
    expect(await ask(issuer.sign({ iss: `${issuer.url}/` }))).toBe(503);
  });
});
