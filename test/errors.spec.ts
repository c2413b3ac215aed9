/** Provokes every error of every documented route and compares its text with the example in the OpenAPI document. */
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  ForbiddenException,
  Get,
  Module,
  Param,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Request } from 'express';
import { RoomServiceClient } from 'livekit-server-sdk';

import { type ErrorCode, ERRORS } from '../src/errors/error.catalogue.js';
import { AccessService } from '../src/access/access.service.js';
import { LiveKitModule } from '../src/livekit/livekit.module.js';
import { ApiProblems } from '../src/openapi/api-problems.decorator.js';
import type { JoinRequest } from '../src/policy/join-request.js';
import type { JoinTerms } from '../src/policy/join-terms.js';
import { TokenPolicy, type TokenPolicyProvider } from '../src/policy/token-policy.decorator.js';
import { DeliveryStore } from '../src/webhook/delivery.store.js';
import { OnLiveKitEvent } from '../src/webhook/on-livekit-event.decorator.js';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { eventually } from '../src/testing/eventually.js';
import { joinToken } from './support/gate.js';
import { AUDIENCE, FakeIssuer } from '../src/testing/fake-issuer.js';
import { FakeLiveKit } from '../src/testing/fake-livekit.js';
import { temporaryFile } from './support/temporary-file.js';
import { eventBody, sendWebhook, signWebhook, type WebhookOptions } from '../src/testing/webhook-sender.js';

/** Throws an unexpected error on any route. */
class BrokenGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.switchToHttp().getRequest<Request>().headers['x-broken']) throw new Error('broken');
    return true;
  }
}

@TokenPolicy()
class BrokenPolicy implements TokenPolicyProvider {
  decide({ room, admittedAt = Date.now() }: JoinRequest, terms: JoinTerms): JoinTerms {
    if (room === 'broken') throw new Error('broken');
    if (room === 'brief') return { ...terms, endsAt: admittedAt + 1_500 };
    return room === 'ended' ? { ...terms, endsAt: Date.now() } : terms;
  }
}

class BrokenListener {
  @OnLiveKitEvent('room_finished', { mustSucceed: true })
  settle(): void {
    throw new Error('broken');
  }
}

const EXCEPTIONS = {
  UNAUTHORIZED: UnauthorizedException,
  FORBIDDEN: ForbiddenException,
  SERVICE_UNAVAILABLE: ServiceUnavailableException,
};

@Controller('team')
class TeamController {
  constructor(private readonly rooms: RoomServiceClient) {}

  @Get('rooms')
  @ApiProblems([
    'LIVEKIT_INVALID_ARGUMENT',
    'LIVEKIT_NOT_FOUND',
    'LIVEKIT_CONFLICT',
    'LIVEKIT_REFUSED_KEY',
    'LIVEKIT_FAILED',
    'LIVEKIT_UNAVAILABLE',
    'LIVEKIT_EXHAUSTED',
  ])
  async list(): Promise<void> {
    await this.rooms.listRooms();
  }

  @Get('throws/:code')
  @ApiProblems(['UNAUTHORIZED', 'FORBIDDEN', 'SERVICE_UNAVAILABLE'])
  throw(@Param('code') code: keyof typeof EXCEPTIONS): void {
    throw new EXCEPTIONS[code]();
  }
}

@Module({
  imports: [LiveKitModule],
  controllers: [TeamController],
  providers: [BrokenPolicy, BrokenListener, { provide: APP_GUARD, useClass: BrokenGuard }],
})
class TeamModule {}

let issuer: FakeIssuer;
let livekit: FakeLiveKit;
/** With authentication, join rules, a limited choice of fields and a token for the metrics. */
let service: RunningApp;
let withoutIssuer: RunningApp;
let limited: RunningApp;
const RULES = `
- rooms: [administered]
  grants: { roomAdmin: true }
- rooms: [open, broken, ended, brief]
`;
const UNREACHABLE = 'http://127.0.0.1:9';

/** With a provider whose identities are composed of two claims. */
let composed: RunningApp;
/** Production, without the settings that a development environment has by default. */
let bare: RunningApp;

beforeAll(async () => {
  issuer = await FakeIssuer.start();
  livekit = await FakeLiveKit.start();
  service = await start({
    ...issuer.settings,
    LIVEKIT_URL: livekit.url,
    JOIN_RULES_FILE: temporaryFile(RULES).path,
    ACCESS_RECONCILE: '0',
    GATE_UNKNOWN: 'refuse',
    CLIENT_FIELDS: 'attributes',
    METRICS_TOKEN: 'token-of-the-metrics',
  });
  withoutIssuer = await start({ AUTH_MODE: 'oidc', OIDC_ISSUER: UNREACHABLE, OIDC_AUDIENCE: 'a' });
  composed = await start({
    AUTH_MODE: 'oidc',
    GATE_TOKEN: 'token-of-the-gate-at-least-this-long',
    OIDC_PROVIDERS_FILE: temporaryFile(
      JSON.stringify([{ name: 'staff', issuer: issuer.url, audience: AUDIENCE, identity: '${tenant}:${sub}' }]),
    ).path,
  });
  limited = await start({ ...issuer.settings, RATE_LIMIT_PER_ADDRESS: '1' });
  bare = await start({
    NODE_ENV: 'production',
    AUTH_MODE: 'none',
    LIVEKIT_API_KEY: 'APIabc',
    LIVEKIT_API_SECRET: 'kR7vQ2mZx9LtB4nWc6YpH3sJdF8gUa1e',
  });
  await service.app.get(AccessService).end({ room: 'administered', identity: 'banned' }, { banFor: 3600 });
});
afterAll(async () => {
  for (const app of [bare, composed, limited, withoutIssuer, service]) await app.close();
  await livekit.stop();
  await issuer.stop();
});

const start = (settings: Record<string, string>): Promise<RunningApp> => startApp(settings, { modules: [TeamModule] });

type Provoke = () => Promise<Response>;
const nested = (levels: number): string => `{"x":${'['.repeat(levels)}${']'.repeat(levels)}}`;
const liveKitError = (status: number, code: string, provoke: Provoke = () => team('rooms')): Provoke => {
  return () => {
    livekit.failNext({ status, code });
    return provoke();
  };
};
type Headers = Record<string, string>;

const bearer = async (claims = {}): Promise<Headers> => ({ authorization: `Bearer ${await issuer.sign(claims)}` });
const broken: Headers = { 'x-broken': 'yes' };

const twice = (provoke: Provoke) => async (): Promise<Response> => {
  await provoke();
  return provoke();
};

/** The errors that both token routes have. `body` makes the body of a route from the name of a room. */
function tokenErrors(path: string, body: (room: string, more?: object) => object): Partial<Record<ErrorCode, Provoke>> {
  const post = async (content: unknown, headers: Headers = {}): Promise<Response> =>
    service.post(path, content, { ...(await bearer()), ...headers });
  return {
    NAME_BLANK: () => post(body(' ')),
    NAME_TOO_LONG: () => post(body('x'.repeat(257))),
    NAME_NOT_UNICODE: () => post(body('\ud83d')),
    MALFORMED_JSON: () => post('{'),
    BAD_REQUEST: () => post(body('open'), { 'content-encoding': 'gzip' }),
    BODY_TOO_DEEP: () => post(nested(20)),
    BODY_TOO_COMPLEX: () => post(body('open', { x: Array.from({ length: 20_000 }, () => 0) })),
    BODY_TOO_LARGE: () => post(body('open', { x: 'x'.repeat(200_000) })),
    UNSUPPORTED_MEDIA_TYPE: () => post(body('open'), { 'content-type': 'text/plain' }),
    AUTHENTICATION_REQUIRED: () => service.post(path, body('open')),
    INVALID_REQUEST: () => post(body('open'), { authorization: 'Bearer a b' }),
    INVALID_TOKEN: () => post(body('open'), { authorization: 'Bearer nothing' }),
    IDENTITY_CLAIM_MISSING: async () => post(body('open'), await bearer({ sub: ' ' })),
    IDENTITY_AMBIGUOUS: async () => composed.post(path, body('open'), await bearer({ tenant: 'a:b' })),
    GROUPS_OVERAGE: async () => post(body('open'), await bearer({ _claim_names: { groups: 'src1' } })),
    AUTHENTICATION_UNAVAILABLE: async () => withoutIssuer.post(path, body('open'), await bearer({ iss: UNREACHABLE })),
    ROOM_NOT_ALLOWED: () => post(body('closed')),
    ACCESS_ENDED: () => post(body('ended')),
    ACCESS_REVOKED: async () => post(body('administered'), await bearer({ sub: 'banned' })),
    RATE_LIMITED: twice(() => limited.post(path, body('open'))),
    POLICY_FAILED: () => post(body('broken')),
    INTERNAL_ERROR: () => post(body('open'), broken),
  };
}

/** The errors that all routes for administrators of a room have; `address` makes the address from the name of a room. */
function administratorErrors(method: string, address: (room: string) => string): Partial<Record<ErrorCode, Provoke>> {
  const call = async (room: string, headers?: Headers, app = service): Promise<Response> =>
    fetch(app.url + address(room), { method, headers: headers ?? (await bearer()) });
  return {
    NAME_BLANK: () => call('%20'),
    NAME_TOO_LONG: () => call('x'.repeat(257)),
    AUTHENTICATION_REQUIRED: () => call('administered', {}),
    INVALID_REQUEST: () => call('administered', { authorization: 'Bearer a b' }),
    INVALID_TOKEN: () => call('administered', { authorization: 'Bearer nothing' }),
    IDENTITY_CLAIM_MISSING: async () => call('administered', await bearer({ sub: ' ' })),
    IDENTITY_AMBIGUOUS: async () => call('administered', await bearer({ tenant: 'a:b' }), composed),
    GROUPS_OVERAGE: async () => call('administered', await bearer({ _claim_names: { groups: 'src1' } })),
    AUTHENTICATION_UNAVAILABLE: async () => call('administered', await bearer({ iss: UNREACHABLE }), withoutIssuer),
    NOT_ROOM_ADMIN: () => call('open'),
    ACCESS_REVOKED: async () => call('administered', await bearer({ sub: 'banned' })),
    RATE_LIMITED: twice(() => call('administered', {}, limited)),
    POLICY_FAILED: () => call('broken'),
    INTERNAL_ERROR: async () => call('administered', { ...(await bearer()), ...broken }),
  };
}

/** `path` is what follows the room's name. */
const roomErrors = (method: string, path: string): Partial<Record<ErrorCode, Provoke>> => ({
  BAD_REQUEST: async () => fetch(`${service.url}/access/rooms/%FF/${path}`, { method, headers: await bearer() }),
  ...administratorErrors(method, (room) => `/access/rooms/${room}/${path}`),
});

/** The errors of LiveKit that routes about a room have. */
const roomLiveKitErrors = (provoke: Provoke): Partial<Record<ErrorCode, Provoke>> => ({
  LIVEKIT_REFUSED_KEY: liveKitError(401, 'unauthenticated', provoke),
  LIVEKIT_FAILED: liveKitError(500, 'internal', provoke),
  LIVEKIT_UNAVAILABLE: liveKitError(503, 'unavailable', provoke),
});

const PARTICIPANT = 'participants/unknown';
const administer = async (method: string, path: string, body?: string, headers: Headers = {}): Promise<Response> =>
  fetch(`${service.url}/access/rooms/administered/${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(await bearer()), ...headers },
    ...(body !== undefined && { body }),
  });
const remove = (body?: string, headers?: Headers): Promise<Response> =>
  administer('DELETE', PARTICIPANT, body, headers);
const logOut = (token: string, app = service): Promise<Response> =>
  fetch(`${app.url}/access/backchannel-logout`, {
    method: 'POST',
    body: new URLSearchParams({ logout_token: token }),
  });

const tellOperator = async (query: string, headers: Headers = {}): Promise<Response> => {
  const target = `/livekit/journey?${query}`;
  return fetch(service.url + target, { headers: { authorization: await signWebhook(target), ...headers } });
};

const gate = (headers: Headers, app = service): Promise<Response> => fetch(`${app.url}/livekit/gate`, { headers });
const enter = async (token: Promise<string> | string): Promise<Response> =>
  gate({ 'x-original-uri': `/rtc?access_token=${await token}` });

const source = async (body: object): Promise<Response> => service.post('/livekit/token', body, await bearer());
const webhook = (body: string, options?: WebhookOptions): Promise<Response> => sendWebhook(service.url, body, options);
const metrics = (headers: Headers = {}): Promise<Response> => fetch(`${service.url}/metrics`, { headers });
const team = async (path: string): Promise<Response> =>
  fetch(`${service.url}/team/${path}`, { headers: await bearer() });
const started = eventBody('room_started', { room: { sid: 'RM_1', name: 'a' } });

/** By route of the OpenAPI document. */
const PROVOCATIONS: Record<string, Partial<Record<ErrorCode, Provoke>>> = {
  'post /token': {
    ...tokenErrors('/token', (roomName, more) => ({ roomName, participantName: 'Alice', ...more })),
    NAMES_REQUIRED: async () => service.post('/token', {}, await bearer()),
  },
  'post /livekit/token': {
    ...tokenErrors('/livekit/token', (room_name, more) => ({ room_name, ...more })),
    FIELD_INVALID: () => source({ participant_metadata: 7 }),
    FIELDS_TOO_LARGE: () => source({ participant_attributes: { a: 'x'.repeat(5000) } }),
    FIELD_NOT_ALLOWED: () => source({ participant_metadata: 'x' }),
    IDENTITY_NOT_OWN: () => source({ participant_identity: 'another-user' }),
    LIVEKIT_URL_MISSING: () => bare.post('/livekit/token', {}),
  },
  'post /livekit/webhook': {
    WEBHOOK_UNDECODABLE: () => webhook('{"event":7}'),
    WEBHOOK_SIGNATURE_INVALID: () => webhook(started, { secret: 'another secret' }),
    BODY_TOO_LARGE: () => webhook('x'.repeat(9_000_000)),
    UNSUPPORTED_MEDIA_TYPE: () => webhook(started, { headers: { 'content-type': 'text/plain' } }),
    WEBHOOK_LISTENER_FAILED: () => webhook(eventBody('room_finished', { room: { sid: 'RM_1', name: 'a' } })),
    WEBHOOK_IN_PROGRESS: () => {
      // As a store says that another instance shares.
      jest.spyOn(service.app.get(DeliveryStore), 'claim').mockResolvedValueOnce({ state: 'busy' });
      return webhook(started);
    },
    INTERNAL_ERROR: () => webhook(started, { headers: broken }),
  },
  'get /access/rooms/{room}/participants': roomErrors('GET', 'participants'),
  'delete /access/rooms/{room}/participants/{identity}': {
    ...roomErrors('DELETE', PARTICIPANT),
    FIELD_INVALID: () => remove('{"banFor":7}'),
    MALFORMED_JSON: () => remove('{'),
    BODY_TOO_DEEP: () => remove(nested(20)),
    BODY_TOO_COMPLEX: () => remove(`[${'0,'.repeat(20_000)}0]`),
    BODY_TOO_LARGE: () => remove(`"${'x'.repeat(200_000)}"`),
    UNSUPPORTED_MEDIA_TYPE: () => remove('{}', { 'content-type': 'text/plain' }),
    ACCESS_NOT_FOUND: () => remove(),
    ...roomLiveKitErrors(() => remove()),
  },
  'delete /access/rooms/{room}/bans/{identity}': {
    ...roomErrors('DELETE', 'bans/unknown'),
    ACCESS_NOT_FOUND: () => administer('DELETE', 'bans/unknown'),
  },
  'post /access/rooms/{room}/end': {
    ...roomErrors('POST', 'end'),
    ACCESS_NOT_FOUND: () => administer('POST', 'end'),
    ...roomLiveKitErrors(() => administer('POST', 'end')),
  },
  'get /access/journey': administratorErrors('GET', (room) => `/access/journey?room=${room}&identity=alice`),
  'get /livekit/journey': {
    NAME_BLANK: () => tellOperator('identity=alice'),
    NAME_TOO_LONG: () => tellOperator(`room=${'x'.repeat(257)}&identity=alice`),
    WEBHOOK_SIGNATURE_INVALID: () => tellOperator('room=a&identity=alice', { authorization: 'nothing' }),
    INTERNAL_ERROR: () => tellOperator('room=a&identity=alice', broken),
  },
  'get /livekit/gate': {
    GATE_ADDRESS_INVALID: () => gate({ 'x-original-uri': 'rtc' }),
    GATE_TOKEN_INVALID: () => gate({ 'x-original-uri': '/rtc', 'x-gate-token': 'another' }, composed),
    JOIN_TOKEN_MISSING: () => gate({ 'x-original-uri': '/rtc' }),
    JOIN_TOKEN_INVALID: () => enter('nothing'),
    JOIN_TOKEN_AMBIGUOUS: () => enter('one&access_token=another'),
    ACCESS_REVOKED: () => enter(joinToken('administered', 'banned')),
    ACCESS_ENDED: async () => {
      await source({ room_name: 'brief' });
      const token = await joinToken('brief', 'user-1');
      await eventually(async () => (await enter(token)).status === 403);
      return enter(token);
    },
    GRANTS_TOO_WIDE: async () => {
      await source({ room_name: 'open' });
      return enter(joinToken('open', 'user-1', { roomAdmin: true }));
    },
    ADMISSION_UNKNOWN: () => enter(joinToken('open', 'stranger')),
    INTERNAL_ERROR: () => gate({ 'x-original-uri': '/rtc', ...broken }),
  },
  'post /access/backchannel-logout': {
    LOGOUT_REQUEST_INVALID: () => logOut(''),
    LOGOUT_TOKEN_INVALID: async () => logOut(await issuer.signLogout({ aud: 'another' })),
    LOGOUT_TOKEN_REPLAYED: async () => {
      const token = await issuer.signLogout({ sub: 'leaver' });
      await logOut(token);
      return logOut(token);
    },
    AUTHENTICATION_UNAVAILABLE: async () =>
      logOut(await issuer.signLogout({ iss: UNREACHABLE, aud: 'a' }), withoutIssuer),
    INTERNAL_ERROR: () =>
      fetch(`${service.url}/access/backchannel-logout`, {
        method: 'POST',
        body: new URLSearchParams({ logout_token: 'nothing' }),
        headers: broken,
      }),
  },
  'get /metrics': {
    INVALID_REQUEST: () => metrics({ authorization: 'Bearer a b' }),
    AUTHENTICATION_REQUIRED: () => metrics(),
    INVALID_TOKEN: () => metrics({ authorization: 'Bearer nothing' }),
    NOT_FOUND: () => fetch(`${bare.url}/metrics`),
    INTERNAL_ERROR: () => metrics(broken),
  },
  'get /team/rooms': {
    LIVEKIT_INVALID_ARGUMENT: liveKitError(400, 'invalid_argument'),
    LIVEKIT_NOT_FOUND: liveKitError(404, 'not_found'),
    LIVEKIT_CONFLICT: liveKitError(409, 'already_exists'),
    LIVEKIT_REFUSED_KEY: liveKitError(401, 'unauthenticated'),
    LIVEKIT_FAILED: liveKitError(500, 'internal'),
    LIVEKIT_UNAVAILABLE: liveKitError(503, 'unavailable'),
    LIVEKIT_EXHAUSTED: liveKitError(429, 'resource_exhausted'),
  },
  'get /team/throws/{code}': {
    UNAUTHORIZED: () => team('throws/UNAUTHORIZED'),
    FORBIDDEN: () => team('throws/FORBIDDEN'),
    SERVICE_UNAVAILABLE: () => team('throws/SERVICE_UNAVAILABLE'),
  },
};

interface Example {
  readonly route: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}
interface OAuthError {
  readonly error: string;
  readonly error_description: string;
}
interface OpenApiDocument {
  readonly paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, Media> }> }>>;
}
interface Media {
  readonly examples?: Record<string, { readonly value: unknown }>;
}

async function documentedExamples(): Promise<Example[]> {
  const { paths } = (await (await fetch(`${service.url}/docs-json`)).json()) as OpenApiDocument;
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { responses }]) =>
      Object.entries(responses).flatMap(([status, { content = {} }]) =>
        examplesOf(content).map((example) => ({ route: `${method} ${path}`, status: Number(status), ...example })),
      ),
    ),
  );
}

/** Of problem+json; of POST /token, whose examples are named `CODE: string`, `CODE: object` and so on; or of OAuth errors. */
function examplesOf(content: Record<string, Media>): { code: string; detail: string }[] {
  const problems = Object.entries(content['application/problem+json']?.examples ?? {});
  const others = Object.entries(content['application/json']?.examples ?? {});
  return [
    ...problems.map(([code, { value }]) => ({ code, detail: (value as { detail: string }).detail })),
    ...others
      .filter(([name]) => name.endsWith(': string'))
      .map(([name, { value }]) => ({ code: name.replace(': string', ''), detail: value as string })),
    ...others
      .map(([code, { value }]) => ({ code, detail: (value as Partial<OAuthError>).error_description }))
      .filter((example): example is { code: string; detail: string } => example.detail !== undefined),
  ];
}

/** A body without a code is told from others by its text. */
function errorIn(body: unknown, code: ErrorCode): { code: string; detail: string } {
  if (typeof body === 'string') return { code, detail: body };
  const error = body as { code: string; detail: string } | OAuthError;
  return 'error' in error ? { code, detail: error.error_description } : { code: error.code, detail: error.detail };
}

const provocations = Object.entries(PROVOCATIONS).flatMap(([route, ofRoute]) =>
  Object.entries(ofRoute).map(([code, provoke]) => ({ route, code: code as ErrorCode, provoke })),
);

describe('the errors in the OpenAPI document', () => {
  let documented: Example[];
  beforeAll(async () => {
    documented = await documentedExamples();
  });

  it.each(provocations)('$route: $code', async ({ route, code, provoke }) => {
    const response = await provoke();
    const actual = errorIn(await response.json(), code);
    const example = documented.find((one) => one.route === route && one.code === code);
    // The seconds until a limit ends vary. Any other text is exactly the example.
    const seconds = / \d+ s\./;
    expect({ ...actual, detail: actual.detail.replace(seconds, ''), status: response.status, route }).toEqual({
      ...example,
      detail: example?.detail.replace(seconds, ''),
    });
  });

  it('are all provoked above, on every route', () => {
    const names = documented.map(({ route, code }) => `${route} ${code}`);
    expect(provocations.map(({ route, code }) => `${route} ${code}`).toSorted()).toEqual(names.toSorted());
  });

  it('are all codes of the catalogue', () => {
    // existing-app.spec.ts provokes it in another application.
    const inOtherApplications = ['WEBHOOK_BODY_PARSED'];
    const codes = [...documented.map(({ code }) => code), ...inOtherApplications];
    expect(new Set(codes)).toEqual(new Set(Object.keys(ERRORS)));
  });
});

it('has the text of NOT_FOUND at any unknown address', async () => {
  for (const path of ['/nowhere', '/docs/nothing.js', '/playground/nothing.js', '/livekit/nothing']) {
    const response = await fetch(service.url + path);
    expect(await response.json()).toMatchObject({ code: 'NOT_FOUND', detail: ERRORS.NOT_FOUND.detail });
  }
});
