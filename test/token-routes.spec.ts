/** Token routes and gateways of a team: the whole path of our own, with their own error format. */
import { Body, type INestApplication, Injectable, Module, Param, Post, VersioningType } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Request, Response as ExpressResponse } from 'express';
import { IsString } from 'class-validator';

import type { Caller } from '../src/auth/caller.js';
import { ANONYMOUS } from '../src/auth/caller.js';
import { CurrentCaller } from '../src/auth/current-caller.decorator.js';
import type { Problem } from '../src/errors/problem.js';
import { AdmissionService } from '../src/token/admission.service.js';
import { OnTokenRefused, type TokenRefusedEvent } from '../src/token/token-events.js';
import { TokenModule } from '../src/token/token.module.js';
import { type TokenErrorFormat, TokenRoute } from '../src/token/token-route.decorator.js';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { FakeIssuer } from '../src/testing/fake-issuer.js';
import { verifyToken } from '../src/testing/livekit-token.js';
import { parseMetrics, valueOf } from './support/metrics.js';
import { temporaryFile } from './support/temporary-file.js';

class Join {
  @IsString()
  room!: string;
}

@Injectable()
class PlainErrors implements TokenErrorFormat {
  renderError({ code }: Problem, response: ExpressResponse): void {
    response.type('text/plain').send(`refused: ${code}`);
  }
}

const asked = ({ body }: Request): { room?: unknown } => ({ room: (body as Partial<Join> | undefined)?.room });

@TokenRoute('partners/:partner/token', { asked, errors: PlainErrors })
class PartnerTokenController {
  constructor(private readonly admissions: AdmissionService) {}

  @Post()
  async create(
    @Body() { room }: Join,
    @CurrentCaller() caller: Caller,
    @Param('partner') partner: string,
  ): Promise<{ jwt: string }> {
    const requested = { attributes: { partner } };
    const { token } = await this.admissions.admit({ route: '/partners/:partner/token', caller, room, requested });
    return { jwt: token };
  }
}

/** As a gateway does: outside of any HTTP request. */
@Injectable()
class Lobby {
  constructor(private readonly admissions: AdmissionService) {}

  async open(room: string, identity?: string): Promise<string> {
    const { token } = await this.admissions.admit({ route: 'lobby', caller: ANONYMOUS, room, requested: { identity } });
    return token;
  }
}

@Injectable()
class Refusals {
  readonly seen: TokenRefusedEvent[] = [];

  @OnTokenRefused()
  refused(event: TokenRefusedEvent): void {
    this.seen.push(event);
  }
}

@Module({
  imports: [TokenModule],
  controllers: [PartnerTokenController],
  providers: [PlainErrors, Lobby, Refusals],
  exports: [Lobby],
})
class PartnersModule {}

/** As in docs/extending.md. */
const OURS_STAY = {
  exclude: ['token', 'livekit/*path', 'access/*path', 'health/*path', 'metrics', 'docs', 'docs-json', 'docs/*path'],
};

const METRICS_TOKEN = 'token-of-the-metrics';

let issuer: FakeIssuer;
let service: RunningApp;
let authorization: string;
beforeAll(async () => {
  issuer = await FakeIssuer.start();
  const { path: JOIN_RULES_FILE } = temporaryFile('- { rooms: [open] }');
  const settings = { ...issuer.settings, JOIN_RULES_FILE, CLIENT_FIELDS: 'attributes', METRICS_TOKEN };
  service = await startApp(settings, { modules: [PartnersModule] });
  authorization = `Bearer ${await issuer.sign({ sub: 'alice' })}`;
});
afterAll(async () => {
  await service.close();
  await issuer.stop();
});

const join = (body: unknown, headers: Record<string, string> = { authorization }): Promise<Response> =>
  service.post('/partners/acme/token', body, headers);
const refusals = (): TokenRefusedEvent[] => service.app.get(Refusals).seen;

describe("a team's token route", () => {
  it('admits by policies, rules and the identity of the caller', async () => {
    const { jwt } = (await (await join({ room: 'open' })).json()) as { jwt: string };
    expect(await verifyToken(jwt)).toMatchObject({
      sub: 'alice',
      video: { room: 'open' },
      attributes: { partner: 'acme' },
    });
    const line = service.output.lines().find(({ message }) => message === 'issued');
    expect(line).toMatchObject({ route: '/partners/:partner/token' });
  });

  it.each([
    ['of a policy', { room: 'closed' }, {}, 'ROOM_NOT_ALLOWED', { room: 'closed', identity: 'alice' }],
    ['of admission', { room: ' ' }, {}, 'NAME_BLANK', { identity: 'alice' }],
    ['of the pipe', {}, {}, 'BAD_REQUEST', { identity: 'alice' }],
    ['of the guard', { room: 'open' }, { authorization: 'Bearer nothing' }, 'INVALID_TOKEN', { room: 'open' }],
    ['of the parser', '{', {}, 'MALFORMED_JSON', {}],
  ])('reports a refusal %s once, in its own format', async (_what, body, headers, code, known) => {
    const before = refusals().length;
    const response = await join(body, { authorization, ...headers });
    expect(await response.text()).toBe(`refused: ${code}`);
    const events = refusals().slice(before);
    expect(events).toMatchObject([{ route: '/partners/:partner/token', code, status: response.status, ...known }]);
    const metrics = await fetch(`${service.url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
    const labels = { route: '/partners/:partner/token', code };
    expect(valueOf(parseMetrics(await metrics.text()), 'livekit_token_refused_total', labels)).toBe(1);
  });
});

describe("a team's token route behind what configure() sets", () => {
  @TokenRoute('teams/token', { asked, errors: PlainErrors, version: '2' })
  class TeamTokenController {
    @Post()
    create(@Body() { room }: Join): string {
      return room;
    }
  }

  @Module({ imports: [TokenModule], controllers: [TeamTokenController], providers: [PlainErrors, Refusals] })
  class TeamsModule {}

  const prefixed = (app: INestApplication): unknown => app.setGlobalPrefix('/api/:tenant/', OURS_STAY);
  const versioned = (app: INestApplication): unknown => app.enableVersioning({ type: VersioningType.URI });
  const bare = (app: INestApplication): unknown => app.enableVersioning({ type: VersioningType.URI, prefix: false });

  it.each<[string, string, (app: INestApplication) => unknown]>([
    ['a global prefix', '/api/acme/teams/token', prefixed],
    ['a version in the URI', '/v2/teams/token', versioned],
    ['a version without a prefix', '/2/teams/token', bare],
    ['both', '/api/acme/v2/teams/token', (app) => [prefixed(app), versioned(app)]],
  ])('has its own errors, and reports its refusals: %s', async (_what, path, configure) => {
    const own = await startApp(
      { ...issuer.settings },
      { modules: [TeamsModule], configure: (app) => void configure(app) },
    );
    const answers = async (url: string, body: unknown, headers = {}): Promise<string> =>
      (await own.post(url, body, headers)).text();
    expect(await answers(path, '{', { authorization })).toBe('refused: MALFORMED_JSON');
    expect(await answers(path, { room: 'open' })).toBe('refused: AUTHENTICATION_REQUIRED');
    expect(await answers(path, {}, { authorization })).toBe('refused: BAD_REQUEST');
    expect(await answers(path, { room: 'open' }, { authorization })).toBe('open');
    const seen = own.app.get(Refusals).seen.map(({ route, code }) => `${route} ${code}`);
    expect(seen).toEqual(['MALFORMED_JSON', 'AUTHENTICATION_REQUIRED', 'BAD_REQUEST'].map((c) => `/teams/token ${c}`));
    const samples = parseMetrics(await (await fetch(`${own.url}/metrics`)).text());
    expect(valueOf(samples, 'livekit_token_refused_total', { route: '/teams/token', code: 'BAD_REQUEST' })).toBe(1);
    // Routes of the service stay where they are.
    const body = { roomName: 'r', participantName: 'p' };
    const webhook = await own.post('/livekit/webhook', {});
    const statuses = [(await own.post('/token', body, { authorization })).status, webhook.status];
    for (const ours of ['/', '/docs', '/docs-json', '/health/live']) {
      statuses.push((await fetch(own.url + ours)).status);
    }
    expect(statuses).toEqual([200, 401, 200, 200, 200, 200]);
    await own.close();
  });
});

describe('a gateway', () => {
  it('admits by the same path, and reports its refusals', async () => {
    const lobby = service.app.get(Lobby);
    expect(await verifyToken(await lobby.open('open', 'guest'))).toMatchObject({ sub: 'guest' });
    const before = refusals().length;
    await expect(lobby.open('closed', 'guest')).rejects.toMatchObject({ errorCode: 'ROOM_NOT_ALLOWED' });
    await expect(lobby.open('open')).rejects.toMatchObject({ errorCode: 'NAME_BLANK' });
    await expect(lobby.open('x'.repeat(257), 'guest')).rejects.toMatchObject({ errorCode: 'NAME_TOO_LONG' });
    await expect(lobby.open('\ud83d', 'guest')).rejects.toMatchObject({ errorCode: 'NAME_NOT_UNICODE' });
    expect(refusals().slice(before)).toMatchObject([
      { route: 'lobby', code: 'ROOM_NOT_ALLOWED', policy: 'JoinRulesPolicy', room: 'closed', identity: 'guest' },
      { route: 'lobby', code: 'NAME_BLANK', room: 'open' },
      { route: 'lobby', code: 'NAME_TOO_LONG' },
      { route: 'lobby', code: 'NAME_NOT_UNICODE' },
    ]);
  });
});

it('stops the start if no module provides the error format', async () => {
  @Module({ imports: [TokenModule], controllers: [PartnerTokenController] })
  class Incomplete {}
  await expect(startApp({}, { modules: [Incomplete] })).rejects.toThrow(/PlainErrors/);
});
