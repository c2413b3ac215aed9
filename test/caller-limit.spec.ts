/** The limit by caller holds for whom authentication has found, wherever they call from. */
import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { afterEach, describe, expect, it, jest } from '@jest/globals';

import type { VerifiedCaller } from '../src/auth/caller.js';
import { Public } from '../src/auth/public.decorator.js';
import { TokenVerifier } from '../src/auth/token.verifier.js';
import { RateLimited } from '../src/rate-limit/rate-limited.decorator.js';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { FakeIssuer } from '../src/testing/fake-issuer.js';

/** Takes a token for issuer and subject themselves, so that one test may have callers of several issuers. */
@Injectable()
class StatedCallerVerifier extends TokenVerifier {
  override async verify(accessToken: string): Promise<VerifiedCaller> {
    const [issuer = '', subject = ''] = JSON.parse(Buffer.from(accessToken, 'base64url').toString()) as string[];
    return { kind: 'verified', issuer, subject, identity: 'the same for all', claims: {} };
  }
}

@Controller('open')
@Public()
@RateLimited()
class PublicController {
  @Get()
  read(): string {
    return 'read';
  }
}

@Module({ controllers: [PublicController] })
class PublicModule {}

const authentication = { verifier: StatedCallerVerifier };
const verified = (issuer: string, subject: string): string =>
  Buffer.from(JSON.stringify([issuer, subject])).toString('base64url');

describe('RATE_LIMIT_PER_CALLER', () => {
  let service: RunningApp;
  afterEach(async () => {
    jest.restoreAllMocks();
    await service.close();
  });

  const call = (token: string, path = '/token'): Promise<Response> =>
    service.post(path, { roomName: 'r', participantName: 'p' }, { authorization: `Bearer ${token}` });

  it('holds for each caller by itself, by issuer and subject', async () => {
    service = await startApp({ RATE_LIMIT_PER_CALLER: '1' }, { authentication });
    // The clock of the limit, in whole milliseconds, with which sums are exact.
    jest.spyOn(performance, 'now').mockReturnValue(Math.ceil(performance.now()));
    const callers = [
      verified('https://a.example', 'x'),
      verified('https://a.example', 'y'),
      verified('https://b', 'x'),
      // These two would be one if issuer and subject were just put together.
      verified('https://a.example', 'x y'),
      verified('https://a.example x', 'y'),
    ];
    for (const caller of callers) {
      const first = await call(caller);
      expect(first.status).toBe(200);
      expect(first.headers.get('ratelimit-policy')).toBe('"caller";q=1;w=60');
      expect(first.headers.get('ratelimit')).toBe('"caller";r=0;t=60');
      const second = await call(caller, '/livekit/token');
      expect(second.status).toBe(429);
      expect(second.headers.get('retry-after')).toBe('60');
    }
  });

  it('comes on top of the limit by address, and the headers tell of both', async () => {
    service = await startApp({ RATE_LIMIT_PER_CALLER: '5', RATE_LIMIT_PER_ADDRESS: '3' }, { authentication });
    const { headers } = await call(verified('i', 'x'));
    expect(headers.get('ratelimit-policy')).toBe('"address";q=3;w=60, "caller";q=5;w=60');
    expect(headers.get('ratelimit')).toBe('"address";r=2;t=60, "caller";r=4;t=60');
    expect((await call(verified('i', 'y'))).status).toBe(200);
    expect((await call(verified('i', 'z'))).status).toBe(200);
    expect((await call(verified('i', 'z'))).status).toBe(429);
  });

  it('is one wherever the caller calls from', async () => {
    service = await startApp({ RATE_LIMIT_PER_CALLER: '1', TRUST_PROXY: '1' }, { authentication });
    const from = (address: string): Promise<Response> =>
      service.post(
        '/token',
        { roomName: 'r', participantName: 'p' },
        { authorization: `Bearer ${verified('i', 'x')}`, 'x-forwarded-for': address },
      );
    expect((await from('203.0.113.1')).status).toBe(200);
    expect((await from('203.0.113.2')).status).toBe(429);
  });

  it('is by the subject of the access token', async () => {
    const issuer = await FakeIssuer.start();
    service = await startApp({ ...issuer.settings, RATE_LIMIT_PER_CALLER: '1' });
    expect((await call(await issuer.sign({ sub: 'one' }))).status).toBe(200);
    expect((await call(await issuer.sign({ sub: 'one', jti: 'another token' }))).status).toBe(429);
    expect((await call(await issuer.sign({ sub: 'two' }))).status).toBe(200);
    await issuer.stop();
  });

  it('comes after authentication, and the limit by address before it', async () => {
    const issuer = await FakeIssuer.start();
    service = await startApp({ ...issuer.settings, RATE_LIMIT_PER_CALLER: '9', RATE_LIMIT_PER_ADDRESS: '2' });
    const refused = await call('guessed');
    expect(refused.status).toBe(401);
    expect(refused.headers.get('ratelimit-policy')).toBe('"address";q=2;w=60');
    expect((await call('guessed again')).status).toBe(400);
    expect((await call(await issuer.sign())).status).toBe(429);
    // What was refused for its address has cost nobody a look at keys.
    expect(issuer.requests).toEqual([]);
    await issuer.stop();
  });

  it('is none on public routes, where nobody has asked who calls', async () => {
    service = await startApp(
      { RATE_LIMIT_PER_CALLER: '1', RATE_LIMIT_PER_ADDRESS: '3' },
      { authentication, modules: [PublicModule] },
    );
    const statuses: number[] = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await fetch(`${service.url}/open`)).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  it('is none for anonymous callers, who are all the same to it', async () => {
    service = await startApp({ RATE_LIMIT_PER_CALLER: '1' });
    for (let i = 0; i < 3; i += 1) {
      const response = await call('nobody');
      expect(response.status).toBe(200);
      expect(response.headers.has('ratelimit')).toBe(false);
    }
  });
});
