/** An access token that was verified a moment ago is not verified again, and nobody can tell but by the time that it takes. */
import { Injectable, Module } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import type { VerifiedCaller } from '../src/auth/caller.js';
import { TokenVerifier } from '../src/auth/token.verifier.js';
import type { Extensions } from '../src/service.options.js';
import type { JoinRequest } from '../src/policy/join-request.js';
import type { JoinTerms } from '../src/policy/join-terms.js';
import { TokenPolicy, type TokenPolicyProvider } from '../src/policy/token-policy.decorator.js';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { pass, takeClock } from './support/clock.js';
import { eventually } from '../src/testing/eventually.js';
import { FakeIssuer } from '../src/testing/fake-issuer.js';
import { verifyToken } from '../src/testing/livekit-token.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const now = (): number => Math.floor(Date.now() / 1000);
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a verified access token', () => {
  let issuer: FakeIssuer;
  let service: RunningApp;
  const verify = crypto.subtle.verify.bind(crypto.subtle);
  /** Signatures that were looked at, here or in a helper of the test. */
  const signatures = jest.spyOn(crypto.subtle, 'verify');
  takeClock();
  beforeEach(async () => {
    issuer = await FakeIssuer.start();
  });
  afterEach(async () => {
    await service.close();
    await issuer.stop();
  });

  const start = async (extended: Partial<Extensions> = {}): Promise<void> => {
    service = await startApp(issuer.settings, extended);
  };
  const send = (token: string): Promise<Response> =>
    service.post('/livekit/token', { room_name: 'r' }, { authorization: `Bearer ${token}` });
  const ask = async (token: string): Promise<number> => (await send(token)).status;
  const codeOf = async (token: string): Promise<unknown> =>
    ((await (await send(token)).json()) as { code?: string }).code;
  const identityOf = async (token: string): Promise<unknown> => {
    const answer = (await (await send(token)).json()) as { participant_token: string };
    return (await verifyToken(answer.participant_token)).sub;
  };

  it('is verified once, answered the same, and stands in the audit each time', async () => {
    await start();
    // The keys come with the first caller.
    expect(await ask(await issuer.sign())).toBe(201);
    const token = await issuer.sign({ sub: 'alice', name: 'Alice Liddell' });
    signatures.mockClear();
    const answers = [await send(token), await send(token), await send(token)];
    expect(signatures).toHaveBeenCalledTimes(1);
    for (const answer of answers) {
      const { participant_token: own } = (await answer.json()) as { participant_token: string };
      expect(await verifyToken(own)).toMatchObject({ sub: 'alice', name: 'Alice Liddell', video: { room: 'r' } });
    }
    const audit = service.output
      .lines()
      .filter(({ message, identity }) => message === 'issued' && identity === 'alice');
    expect(audit.map(({ caller }) => caller)).toEqual(answers.map(() => `${issuer.url} alice`));
    expect(service.output.text()).not.toContain(token);
  });

  it('does not outlive exp: then the tolerance decides, and then it is refused', async () => {
    await start();
    const token = await issuer.sign({ exp: now() + 5 });
    expect([await ask(token), await ask(token)]).toEqual([201, 201]);
    pass(20 * SECOND);
    expect([await ask(token), await ask(token)]).toEqual([201, 201]);
    pass(20 * SECOND);
    expect(await codeOf(token)).toBe('INVALID_TOKEN');
  });

  it('is not good at a time before it was, when the clock is set back', async () => {
    await start();
    const token = await issuer.sign({ nbf: now() });
    expect([await ask(token), await ask(token)]).toEqual([201, 201]);
    pass(-5 * MINUTE);
    expect(await codeOf(token)).toBe('INVALID_TOKEN');
  });

  it('says nothing for one with another signature, or another payload under the same', async () => {
    await start();
    const token = await issuer.sign();
    expect([await ask(token), await ask(token)]).toEqual([201, 201]);
    const [header = '', , signature = ''] = token.split('.');
    const other = base64url({ iss: issuer.url, aud: 'livekit-token-service', sub: 'user-2', exp: now() + 300 });
    expect(await codeOf(token.replace(/.{8}$/, 'AAAAAAAA'))).toBe('INVALID_TOKEN');
    expect(await codeOf(`${header}.${other}.${signature}`)).toBe('INVALID_TOKEN');
    expect(await ask(token)).toBe(201);
  });

  it('is refused at once when its key turns out to be withdrawn', async () => {
    await start();
    const old = await issuer.sign();
    expect([await ask(old), await ask(old)]).toEqual([201, 201]);
    await issuer.rotate({ drop: true });
    pass(31 * SECOND);
    expect(await ask(await issuer.sign())).toBe(201);
    expect(await codeOf(old)).toBe('INVALID_TOKEN');
  });

  it('is not remembered when its key was withdrawn while it was being verified', async () => {
    await start();
    expect(await ask(await issuer.sign())).toBe(201);
    const old = await issuer.sign({ sub: 'alice' });
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    signatures.mockClear();
    signatures.mockImplementationOnce(async (...signed) => {
      await held;
      return verify(...signed);
    });
    const first = ask(old);
    await eventually(() => signatures.mock.calls.length === 1);
    await issuer.rotate({ drop: true });
    pass(31 * SECOND);
    expect(await ask(await issuer.sign())).toBe(201);
    goOn();
    expect(await first).toBe(201);
    expect(await codeOf(old)).toBe('INVALID_TOKEN');
  });

  it('does not keep the keys from being fetched again in their time', async () => {
    await start();
    const old = await issuer.sign({ exp: now() + 3600 });
    expect(await ask(old)).toBe(201);
    pass(9.9 * MINUTE);
    expect([await ask(old), await ask(old)]).toEqual([201, 201]);
    await issuer.rotate({ drop: true });
    pass(0.2 * MINUTE);
    const before = issuer.requests.length;
    expect(await ask(old)).toBe(201);
    await eventually(() => issuer.requests.length === before + 2);
    await eventually(async () => (await ask(old)) === 401);
  });

  it('stays known while the issuer publishes the same keys', async () => {
    await start();
    const token = await issuer.sign({ exp: now() + 3600 });
    expect([await ask(token), await ask(token)]).toEqual([201, 201]);
    pass(31 * SECOND);
    expect(await ask(await issuer.sign({}, { kid: 'made-up' }))).toBe(401);
    expect(issuer.requests).toHaveLength(4);
    signatures.mockClear();
    expect(await ask(token)).toBe(201);
    expect(signatures).not.toHaveBeenCalled();
  });

  it('is one that was good: refusals are decided anew', async () => {
    await start();
    const early = await issuer.sign({ nbf: now() + 60 });
    const nameless = await issuer.sign({ sub: '' });
    expect([await codeOf(early), await codeOf(early)]).toEqual(['INVALID_TOKEN', 'INVALID_TOKEN']);
    expect([await codeOf(nameless), await codeOf(nameless)]).toEqual([
      'IDENTITY_CLAIM_MISSING',
      'IDENTITY_CLAIM_MISSING',
    ]);
    pass(40 * SECOND);
    expect(await ask(early)).toBe(201);

    await issuer.rotate();
    const ofNewKey = await issuer.sign();
    await issuer.stop();
    pass(MINUTE);
    expect(await codeOf(ofNewKey)).toBe('AUTHENTICATION_UNAVAILABLE');
    await issuer.listen();
    pass(3 * SECOND);
    expect(await ask(ofNewKey)).toBe(201);
  });

  it('is of its bearer alone, however many come at once', async () => {
    await start();
    const people = Array.from({ length: 20 }, (_, n) => `user-${n}`);
    const tokens = await Promise.all(people.map((sub) => issuer.sign({ sub })));
    const all = [...tokens, ...tokens.toReversed(), ...tokens];
    expect(await Promise.all(all.map(identityOf))).toEqual([...people, ...people.toReversed(), ...people]);
  });

  it('has claims that a policy cannot change for the next request', async () => {
    const seen: unknown[] = [];
    @Injectable()
    @TokenPolicy()
    class Scribbler implements TokenPolicyProvider {
      decide({ caller }: JoinRequest, terms: JoinTerms): JoinTerms {
        if (caller.kind !== 'verified') return terms;
        const claims = caller.claims as { groups: string[] };
        seen.push([...claims.groups]);
        claims.groups.push('admin');
        return terms;
      }
    }
    @Module({ providers: [Scribbler] })
    class ScribblerModule {}
    await start({ modules: [ScribblerModule] });
    const token = await issuer.sign({ groups: ['staff'] });
    expect([await ask(token), await ask(token), await ask(token)]).toEqual([201, 201, 201]);
    expect(seen).toEqual([['staff'], ['staff'], ['staff']]);
  });

  it("is not remembered for a team's verifier, which may ask who was locked out meanwhile", async () => {
    const asked: string[] = [];
    @Injectable()
    class Doorman extends TokenVerifier {
      override verify(accessToken: string): Promise<VerifiedCaller> {
        asked.push(accessToken);
        return Promise.resolve({ kind: 'verified', issuer: 'door', subject: 'a', identity: 'a', claims: {} });
      }
    }
    await start({ authentication: { verifier: Doorman } });
    expect([await ask('one'), await ask('one')]).toEqual([201, 201]);
    expect(asked).toEqual(['one', 'one']);
  });
});
