/** Verifiers of a team's modules, in order, before OpenID Connect. */
import { Controller, Get, Inject, Injectable, Module, Req, type Type, UnauthorizedException } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from '@jest/globals';
import type { Request } from 'express';

import { AuthModule } from '../src/auth/auth.module.js';
import { Authenticator } from '../src/auth/authenticator.service.js';
import { CallerVerifier } from '../src/auth/caller-verifier.decorator.js';
import type { VerifiedCaller } from '../src/auth/caller.js';
import { Public } from '../src/auth/public.decorator.js';
import { TokenVerifier } from '../src/auth/token.verifier.js';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { eventually } from '../src/testing/eventually.js';
import { FakeIssuer } from '../src/testing/fake-issuer.js';
import { verifyToken } from '../src/testing/livekit-token.js';

const caller = (identity: string, more: Partial<VerifiedCaller> = {}): VerifiedCaller => ({
  kind: 'verified',
  issuer: 'team',
  subject: identity,
  identity,
  claims: { who: identity },
  ...more,
});

const asked: string[] = [];

@Injectable()
@CallerVerifier({ order: 10 })
class LateVerifier extends TokenVerifier {
  override async verify(credential: string): Promise<VerifiedCaller | undefined> {
    asked.push('late');
    return credential.startsWith('key-') ? caller(`late:${credential}`) : undefined;
  }
}

@Injectable()
@CallerVerifier({ order: -10 })
class EarlyVerifier extends TokenVerifier {
  override async verify(credential: string): Promise<VerifiedCaller | undefined> {
    asked.push('early');
    if (credential === 'key-broken') throw new Error('The store is not there.');
    if (credential === 'key-locked') {
      throw new UnauthorizedException('This key is locked.', { errorCode: 'KEY_LOCKED' });
    }
    return credential === 'key-early' ? caller('early') : undefined;
  }
}

@Injectable()
@CallerVerifier()
class HeaderVerifier extends TokenVerifier {
  override credentialOf(request: Request): string | undefined {
    return request.get('x-team');
  }

  override async verify(credential: string, { method }: Request): Promise<VerifiedCaller | undefined> {
    if (credential === 'server') return caller('server', { mayActFor: 'all' });
    if (credential === 'kiosks') return caller('kiosks', { mayActFor: ['kiosk:'] });
    const limit = Number(/^limit-(\d+)$/.exec(credential)?.[1]);
    return caller(`header:${credential}:${method}`, Number.isNaN(limit) ? {} : { requestsPerMinute: limit });
  }
}

@Module({ providers: [LateVerifier, HeaderVerifier], exports: [HeaderVerifier] })
class FirstModule {}
@Module({ providers: [EarlyVerifier] })
class SecondModule {}
const modules = [FirstModule, SecondModule];

let issuer: FakeIssuer;
let service: RunningApp;
beforeAll(async () => {
  issuer = await FakeIssuer.start();
});
afterAll(() => issuer.stop());
beforeEach(() => {
  asked.length = 0;
});

const start = async (settings: Record<string, string>, imports: Type[] = modules): Promise<RunningApp> => {
  service = await startApp(settings, { modules: imports });
  return service;
};
const stop = (): Promise<void> => service.close();
const send = (headers: Record<string, string>): Promise<Response> =>
  service.post('/livekit/token', { room_name: 'r' }, headers);
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const outcomeOf = async (headers: Record<string, string>): Promise<string | undefined> => {
  const body = (await (await send(headers)).json()) as { participant_token?: string; code?: string };
  return body.participant_token ? (await verifyToken(body.participant_token)).sub : body.code;
};

describe('@CallerVerifier()', () => {
  beforeAll(async () => {
    await start(issuer.settings);
  });
  afterAll(stop);

  it('verifiers are asked in order until one knows the credential, OpenID Connect last', async () => {
    expect(await outcomeOf(bearer('key-early'))).toBe('early');
    expect(asked).toEqual(['early']);
    expect(await outcomeOf(bearer('key-other'))).toBe('late:key-other');
    expect(asked).toEqual(['early', 'early', 'late']);
    expect(await outcomeOf(bearer(await issuer.sign()))).toBe('user-1');
    expect(asked).toEqual(['early', 'early', 'late', 'early', 'late']);
    expect(await outcomeOf(bearer('unknown'))).toBe('INVALID_TOKEN');
  });

  it('a verifier may refuse, and one that fails lets nobody in by another one', async () => {
    expect(await outcomeOf(bearer('key-locked'))).toBe('KEY_LOCKED');
    expect(await outcomeOf(bearer('key-broken'))).toBe('AUTHENTICATION_UNAVAILABLE');
    expect(asked).toEqual(['early', 'early']);
  });

  it('a verifier may read another header, and the request', async () => {
    expect(await outcomeOf({ 'x-team': 'a' })).toBe('header:a:POST');
    expect(await outcomeOf({})).toBe('AUTHENTICATION_REQUIRED');
    expect(await outcomeOf({ authorization: 'Basic YTpi' })).toBe('AUTHENTICATION_REQUIRED');
    expect(await outcomeOf({ authorization: 'Bearer a b' })).toBe('INVALID_REQUEST');
  });

  it('a verifier may let a caller act for others, whom it names by identity', async () => {
    const subjectFor = async (client: string, participant_identity?: string): Promise<unknown> => {
      const response = await service.post(
        '/livekit/token',
        { room_name: 'r', participant_identity },
        { 'x-team': client },
      );
      const { participant_token, code } = (await response.json()) as { participant_token?: string; code?: string };
      return participant_token ? (await verifyToken(participant_token)).sub : code;
    };
    expect(await subjectFor('server', 'bob')).toBe('bob');
    expect(await subjectFor('server')).toBe('server');
    expect(await subjectFor('kiosks', 'kiosk:7')).toBe('kiosk:7');
    expect(await subjectFor('kiosks', 'bob')).toBe('IDENTITY_NOT_OWN');
    expect(await subjectFor('usual', 'bob')).toBe('IDENTITY_NOT_OWN');
    const join = { roomName: 'r', participantName: 'bob' };
    const response = await service.post('/token', join, { 'x-team': 'server' });
    expect(await verifyToken((await response.json()) as string)).toMatchObject({ sub: 'bob' });
    expect((await service.post('/token', join, { 'x-team': 'kiosks' })).status).toBe(403);
  });

  it('the issuer is still in the health report', async () => {
    // A probe does not wait for a check that takes long.
    await eventually(async () => {
      const { details } = (await (await fetch(`${service.url}/health/ready`)).json()) as {
        details: Record<string, unknown>;
      };
      return JSON.stringify(details['issuer']) === '{"status":"up"}';
    });
  });
});

describe('@CallerVerifier() with other settings and modules', () => {
  afterEach(stop);

  it('a verifier may give its callers a limit of their own', async () => {
    await start({ ...issuer.settings, RATE_LIMIT_PER_CALLER: '3' });
    const policyOf = async (credential: string): Promise<string | null> =>
      (await send({ 'x-team': credential })).headers.get('ratelimit-policy');
    expect(await policyOf('usual')).toBe('"caller";q=3;w=60');
    expect(await policyOf('limit-1')).toBe('"caller";q=1;w=60');
    expect((await send({ 'x-team': 'limit-1' })).status).toBe(429);
    expect(await policyOf('limit-0')).toBeNull();
  });

  it('a verifier may limit its callers where no other caller is limited', async () => {
    await start({ ...issuer.settings, RATE_LIMIT_PER_CALLER: '0' });
    expect((await send({ 'x-team': 'limit-1' })).status).toBe(201);
    expect((await send({ 'x-team': 'limit-1' })).status).toBe(429);
    expect((await send({ 'x-team': 'usual' })).headers.get('ratelimit-policy')).toBeNull();
  });

  it('AUTH_MODE=custom asks these verifiers alone, and CLIENT_FIELDS counts as with oidc', async () => {
    await start({ AUTH_MODE: 'custom' });
    expect(await outcomeOf(bearer('key-early'))).toBe('early');
    expect(await outcomeOf(bearer(await issuer.sign()))).toBe('INVALID_TOKEN');
    const metadata = await service.post('/livekit/token', { participant_metadata: 'x' }, bearer('key-early'));
    expect(await metadata.json()).toMatchObject({ code: 'FIELD_NOT_ALLOWED' });
  });

  it('AUTH_MODE=custom without any stops the start', async () => {
    await expect(start({ AUTH_MODE: 'custom' }, [])).rejects.toThrow(/AUTH_MODE must be none or oidc/);
  });

  it('AUTH_MODE=none asks nobody, with a warning', async () => {
    const { output } = await start({ AUTH_MODE: 'none' });
    expect((await send(bearer('key-locked'))).status).toBe(201);
    expect(asked).toEqual([]);
    const warning = output.lines().find(({ level, message }) => level === 'warn' && /AUTH_MODE/.test(String(message)));
    expect(warning).toMatchObject({ verifiers: ['EarlyVerifier', 'HeaderVerifier', 'LateVerifier'] });
  });

  it('refuses a provider that is no verifier', async () => {
    @Injectable()
    @CallerVerifier()
    class Other {}
    @Module({ providers: [Other] })
    class OtherModule {}
    await expect(start(issuer.settings, [OtherModule])).rejects.toThrow(/Other must be a singleton that extends/);
  });

  it('verifiers, and the authenticator that asks them all, can be injected', async () => {
    @Controller('team')
    @Public()
    class TeamController {
      constructor(
        @Inject(HeaderVerifier) private readonly header: HeaderVerifier,
        @Inject(Authenticator) private readonly authenticator: Authenticator,
      ) {}

      @Get()
      async who(@Req() request: Request): Promise<unknown> {
        const { identity } = await this.authenticator.authenticate(request);
        return { identity, own: this.header.credentialOf(request) };
      }
    }
    @Module({ imports: [FirstModule, AuthModule], controllers: [TeamController] })
    class TeamModule {}
    const { url } = await start(issuer.settings, [...modules, TeamModule]);
    const response = await fetch(`${url}/team`, { headers: { 'x-team': 'a' } });
    expect(await response.json()).toEqual({ identity: 'header:a:GET', own: 'a' });
    expect((await fetch(`${url}/team`)).status).toBe(401);
  });
});
