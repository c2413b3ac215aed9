/** The modules as parts of another application, which stays as it is. */
import { ForbiddenException, Injectable, Module, type Type, VersioningType } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import express, { type Request } from 'express';
import { LiveKitModule, LiveKitTokenService } from 'livekit-token-service/livekit';
import { type JoinRequest, type JoinTerms, TokenPolicy, type TokenPolicyProvider } from 'livekit-token-service/policy';
import { eventBody, eventually, FakeLiveKit, signWebhook, verifyToken } from 'livekit-token-service/testing';
import {
  type CallerResolver,
  OnTokenIssued,
  OnTokenRefused,
  type ResolvedCaller,
  type TokenIssuedEvent,
  TokenModule,
  type TokenRefusedEvent,
} from 'livekit-token-service/token';
import {
  type Claim,
  DeliveryStore,
  type LiveKitEvent,
  OnLiveKitEvent,
  OnWebhookOutcome,
  rawWebhookBody,
  WebhookModule,
  type WebhookOutcomeEvent,
} from 'livekit-token-service/webhook';
import { RoomServiceClient } from 'livekit-server-sdk';

import { HostEvents, type HostSettings, Open, type RunningHost, startHost } from './support/host-app.js';
import { answersOf, REQUESTS } from './support/host-requests.js';

const KEYS = [{ key: 'devkey', secret: 'secret' }];

@Injectable()
class Names {
  of(id: string): string {
    return `Name of ${id}`;
  }
}

@Injectable()
class CurrentUserResolver implements CallerResolver {
  constructor(private readonly names: Names) {}

  async resolve({ user }: Request): Promise<ResolvedCaller | undefined> {
    await Promise.resolve();
    if (user === undefined || user.id === 'unknown') return undefined;
    if (user.id === 'locked') throw new ForbiddenException('Locked.', { errorCode: 'ACCOUNT_LOCKED' });
    if (user.id === 'outage') throw new Error('the database says hunter2');
    if (user.id === 'blank') return { identity: ' ' };
    return { identity: user.id, name: this.names.of(user.id), claims: { roles: user.roles } };
  }
}

@Injectable()
@TokenPolicy()
class StaffOnly implements TokenPolicyProvider {
  decide({ room, caller }: JoinRequest, terms: JoinTerms): JoinTerms {
    const roles = caller.kind === 'verified' ? caller.claims['roles'] : undefined;
    if (room === 'board') throw new ForbiddenException('Not in the board.', { errorCode: 'NOT_IN_BOARD' });
    return Array.isArray(roles) ? { ...terms, grants: { canPublish: roles.includes('staff') } } : terms;
  }
}

@Injectable()
class HostListener {
  readonly issued: TokenIssuedEvent[] = [];
  readonly refused: TokenRefusedEvent[] = [];
  readonly joined: string[] = [];
  readonly outcomes: WebhookOutcomeEvent[] = [];

  @OnTokenIssued()
  onIssued(event: TokenIssuedEvent): void {
    this.issued.push(event);
  }

  @OnTokenRefused()
  onRefused(event: TokenRefusedEvent): void {
    this.refused.push(event);
  }

  @OnLiveKitEvent('participant_joined')
  onJoined({ participant }: LiveKitEvent<'participant_joined'>): void {
    this.joined.push(participant.identity);
  }

  @OnWebhookOutcome()
  onOutcome(event: WebhookOutcomeEvent): void {
    this.outcomes.push(event);
  }

  clear(): void {
    for (const list of [this.issued, this.refused, this.joined, this.outcomes]) list.length = 0;
  }
}

/** The providers of the host are in a module that imports nothing of ours, and is not global. */
@Module({ providers: [Names, CurrentUserResolver, StaffOnly, HostListener] })
class CallsModule {}

@Module({ providers: [HostListener] })
class HostListenerModule {}

let liveKit: FakeLiveKit;
beforeAll(async () => {
  liveKit = await FakeLiveKit.start();
});
afterAll(() => liveKit.stop());

const ours = () => [
  CallsModule,
  ConfigModule.forRoot({ ignoreEnvFile: true, isGlobal: true, load: [() => ({ LIVEKIT_URL: liveKit.url })] }),
  LiveKitModule.forRootAsync({
    inject: [ConfigService],
    useFactory: (config: ConfigService) => ({ url: config.getOrThrow<string>('LIVEKIT_URL'), keys: KEYS }),
  }),
  TokenModule.register({
    path: 'calls/token',
    tokenSourcePath: '/calls/connection/',
    caller: CurrentUserResolver,
    responseFormat: 'object' as const,
    tokenTtl: 120,
  }),
  WebhookModule.register({ path: 'hooks/livekit', decorators: [Open()] }),
];

const participant = (identity: string) => ({ room: { name: 'daily' }, participant: { identity } });

interface Sent {
  readonly headers?: Record<string, string>;
  readonly authorization?: string;
}

async function sendHook(url: string, body: string, { headers, authorization }: Sent = {}): Promise<Response> {
  const signature = authorization ?? (await signWebhook(body));
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/webhook+json', authorization: signature, ...headers },
    body,
  });
}

describe('a host application with all modules', () => {
  let host: RunningHost;
  let listener: HostListener;
  beforeAll(async () => {
    host = await startHost(ours());
    listener = host.app.get(HostListener, { strict: false });
  });
  afterAll(() => host.close());
  beforeEach(() => listener.clear());

  const post = (path: string, body: unknown, user?: string): Promise<Response> =>
    fetch(`${host.url}/api${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(user !== undefined && { 'x-user': user }) },
      body: JSON.stringify(body),
    });
  const names = (roomName: string, participantName = 'mallory') => ({ roomName, participantName });
  const hook = `/api/hooks/livekit`;

  it('answers each of its requests byte for byte as without them, and logs the same', async () => {
    const alone = await startHost([]);
    const before = await answersOf(alone.url);
    expect(before).toHaveLength(30);
    host.logger.lines.length = 0;
    expect(await answersOf(host.url)).toEqual(before);
    expect(host.logger.lines).toEqual(alone.logger.lines);
    // Else the comparison would be one of failures.
    expect(new Set(before.map(({ status }) => status)).size).toBeGreaterThan(8);
    expect(REQUESTS.map(({ path }) => path)).toContain('/token');
    await alone.close();
  });

  it('issues a token of the identity that the host names, whatever the body says', async () => {
    const response = await post('/calls/token', { ...names('daily'), identity: 'mallory', unknown: true }, 'alice');
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const body = (await response.json()) as { token: string };
    expect(Object.keys(body)).toEqual(['token']);
    const { sub, name, video, exp = 0, nbf = 0 } = await verifyToken(body.token);
    expect({ sub, name, ttl: exp - nbf }).toEqual({ sub: 'alice', name: 'Name of alice', ttl: 120 });
    // By the policy of the host, from the claims of its resolver.
    expect(video).toEqual({ roomJoin: true, room: 'daily', canPublish: true });
    await eventually(() => listener.issued.length > 0);
    const [event] = listener.issued;
    expect(event).toMatchObject({ route: '/calls/token', caller: 'host alice', identity: 'alice', room: 'daily' });
    expect(event?.requestId).toMatch(/^[\w-]{36}$/);
    expect(event?.address).toBe('127.0.0.1');
    expect(listener.issued).toHaveLength(1);
    // The emitter of the host is its own, with its options.
    const { emitter, names: seen } = host.app.get(HostEvents, { strict: false });
    emitter.emit('orders.created', 'orders.created');
    expect(seen).toEqual(['orders.created']);
  });

  it.each([
    ['the guard of the host', names('daily'), undefined, 401, undefined],
    ['a caller whom the resolver does not know', names('daily'), 'unknown', 401, 'UNAUTHORIZED'],
    ['an exception of the resolver', names('daily'), 'locked', 403, 'ACCOUNT_LOCKED'],
    ['an error of the resolver', names('daily'), 'outage', 503, 'AUTHENTICATION_UNAVAILABLE'],
    ['an identity that cannot be signed', names('daily'), 'blank', 503, 'AUTHENTICATION_UNAVAILABLE'],
    ['missing names', { roomName: 'daily' }, 'alice', 400, 'NAMES_REQUIRED'],
    ['a blank name', names('  '), 'alice', 400, 'NAME_BLANK'],
    [
      'a body of too many levels',
      { a: JSON.parse('['.repeat(30) + ']'.repeat(30)) as unknown },
      'alice',
      400,
      'BODY_TOO_DEEP',
    ],
    ['a policy of the host', names('board'), 'alice', 403, 'NOT_IN_BOARD'],
  ])('refuses by %s, in the format of the route', async (_cause, body, user, status, code) => {
    const response = await post('/calls/token', body, user);
    expect(response.status).toBe(status);
    const answer = (await response.json()) as object;
    expect(Object.keys(answer)).toEqual(['errorMessage']);
    expect(JSON.stringify(answer)).not.toContain('hunter2');
    await eventually(() => listener.refused.length > 0);
    expect(listener.refused).toHaveLength(1);
    expect(listener.refused[0]).toMatchObject({ route: '/calls/token', status, ...(code && { code }) });
    expect(listener.issued).toHaveLength(0);
  });

  it('leaves errors before routing to the filter of the host', async () => {
    const response = await fetch(`${host.url}/api/calls/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-user': 'alice' },
      body: '{"roomName":',
    });
    expect([response.status, Object.keys((await response.json()) as object)]).toEqual([400, ['oops']]);
  });

  it("speaks LiveKit's standard token endpoint, without the envelope of the host", async () => {
    const response = await post('/calls/connection', { room_name: 'daily', unknown: 1 }, 'alice');
    expect(response.status).toBe(201);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { participant_token: token, ...others } = (await response.json()) as Record<string, string>;
    expect(others).toEqual({
      server_url: liveKit.url.replace('http', 'ws'),
      participant_name: 'Name of alice',
      room_name: 'daily',
    });
    expect((await verifyToken(token ?? '')).sub).toBe('alice');

    const other = await post('/calls/connection', { room_name: 'daily', participant_identity: 'bob' }, 'alice');
    expect(await other.json()).toMatchObject({ status: 403, code: 'IDENTITY_NOT_OWN' });
    expect(other.headers.get('content-type')).toContain('application/problem+json');
    const attributes = await post('/calls/connection', { participant_attributes: { a: 'b' } }, 'alice');
    expect(await attributes.json()).toMatchObject({ status: 403, code: 'FIELD_NOT_ALLOWED' });
    await eventually(() => listener.refused.length > 1);
    expect(listener.refused.map(({ route }) => route)).toEqual(['/calls/connection', '/calls/connection']);
  });

  it('takes webhooks over their bytes, each once, past the guard of the host', async () => {
    // White space and escapes that JSON.stringify(JSON.parse()) would not keep.
    const body = eventBody('participant_joined', participant('J\\u00fcrgen')).replace('{', '{  ').replace('\\\\', '\\');
    for (const outcome of ['accepted', 'duplicate']) {
      const response = await sendHook(host.url + hook, body);
      expect([response.status, await response.text()]).toEqual([200, '']);
      await eventually(() => listener.outcomes.at(-1)?.outcome === outcome);
      expect(listener.outcomes.at(-1)).toMatchObject({ event: 'participant_joined', room: 'daily' });
    }
    expect(listener.joined).toEqual(['Jürgen']);
  });

  it('refuses webhooks of another key, as a problem, and tells the host', async () => {
    const body = eventBody('participant_joined', participant('eve'));
    const authorization = await signWebhook(body, { secret: 'another' });
    const response = await sendHook(host.url + hook, body, { authorization, headers: { 'x-request-id': 'r-1' } });
    expect(await response.json()).toMatchObject({ status: 401, code: 'WEBHOOK_SIGNATURE_INVALID', requestId: 'r-1' });
    await eventually(() => listener.outcomes.length > 0);
    expect(listener.outcomes).toMatchObject([{ outcome: 'rejected', code: 'WEBHOOK_SIGNATURE_INVALID' }]);
    expect(listener.joined).toEqual([]);

    const plain = await sendHook(host.url + hook, body, { headers: { 'content-type': 'text/plain' } });
    expect(await plain.json()).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
  });

  it('says what to do about a body that was parsed', async () => {
    const response = await sendHook(host.url + hook, eventBody('room_started', { room: { name: 'a' } }), {
      headers: { 'content-type': 'application/json' },
    });
    expect(response.status).toBe(500);
    const { code, detail } = (await response.json()) as { code: string; detail: string };
    expect(code).toBe('WEBHOOK_BODY_PARSED');
    expect(detail).toMatch(/rawBody: true.*rawWebhookBody\(\)/);
  });

  it('has clients, signer and keys for any provider', async () => {
    const rooms = host.app.get(RoomServiceClient);
    expect(await rooms.listRooms()).toEqual([]);
    const token = host.app.get(LiveKitTokenService).sign({ room: 'a', identity: 'b', grants: {}, ttl: 60 });
    expect((await verifyToken(token)).sub).toBe('b');
  });
});

/** What several processes would share. */
class SharedStore extends DeliveryStore {
  readonly done = new Set<string>();

  override claim(id: string): Promise<Claim> {
    return Promise.resolve(this.done.has(id) ? { state: 'handled' } : { state: 'claimed', done: [] });
  }

  override handled(id: string): Promise<void> {
    this.done.add(id);
    return Promise.resolve();
  }

  override failed(): Promise<void> {
    return Promise.resolve();
  }
}

it('handles an event once in processes that share a store', async () => {
  const store = new SharedStore();
  const body = eventBody('participant_joined', participant('kim'));
  const joined: string[] = [];
  for (const name of ['first', 'second']) {
    const host = await startHost([
      HostListenerModule,
      LiveKitModule.forRoot({ keys: KEYS }),
      WebhookModule.registerAsync({ path: 'hooks', decorators: [Open()], useFactory: () => ({ store }) }),
    ]);
    expect((await sendHook(`${host.url}/api/hooks`, body)).status).toBe(200);
    joined.push(
      ...host.app.get(HostListener, { strict: false }).joined.map((identity) => `${identity} in the ${name}`),
    );
    await host.close();
  }
  expect(joined).toEqual(['kim in the first']);
});

describe('the body of webhooks', () => {
  const modules = () => [
    HostListenerModule,
    LiveKitModule.forRoot({ keys: KEYS }),
    WebhookModule.register({ path: 'hooks/livekit', decorators: [Open()] }),
  ];
  const settings: [string, HostSettings][] = [
    ['rawBody: true', { rawBody: true }],
    [
      'rawWebhookBody() before a parser of all types',
      {
        bodyParser: false,
        configure: (app) => {
          app.use('/api/hooks/livekit', rawWebhookBody(app));
          app.use(express.json({ type: '*/*' }));
        },
      },
    ],
  ];

  it.each(settings)('is read by %s', async (_way, options) => {
    const host = await startHost(modules(), options);
    const listener = host.app.get(HostListener, { strict: false });
    const body = eventBody('participant_joined', participant('ann')).replace('{', '{ ');
    const headers = { 'content-type': 'application/json' };
    const response = await sendHook(`${host.url}/api/hooks/livekit`, body, { headers });
    expect(response.status).toBe(200);
    expect(listener.joined).toEqual(['ann']);
    const forged = await sendHook(`${host.url}/api/hooks/livekit`, body, { headers, authorization: 'forged' });
    expect(await forged.json()).toMatchObject({ status: 401, code: 'WEBHOOK_SIGNATURE_INVALID' });
    await host.close();
  });
});

describe('each module alone', () => {
  const resolver = ({ user }: Request): ResolvedCaller | undefined => user && { identity: user.id };

  it('LiveKitModule', async () => {
    @Module({ imports: [LiveKitModule] })
    class FeatureModule {}
    const host = await startHost([LiveKitModule.forRoot({ keys: KEYS }), FeatureModule]);
    expect(host.app.get(LiveKitTokenService)).toBeInstanceOf(LiveKitTokenService);
    // Without a URL.
    await expect(host.app.get(RoomServiceClient).listRooms()).rejects.toMatchObject({
      errorCode: 'LIVEKIT_URL_MISSING',
    });
    await host.close();
  });

  it('TokenModule, with options from a factory, a version of the URI and a function', async () => {
    const token = TokenModule.registerAsync({
      path: '/token',
      version: '2',
      caller: resolver,
      useFactory: () => Promise.resolve({ responseFormat: 'text' as const }),
    });
    const configure: HostSettings['configure'] = (app) => {
      app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
    };
    const host = await startHost([LiveKitModule.forRoot({ keys: KEYS }), HostListenerModule, token], { configure });
    const send = (path: string): Promise<Response> =>
      fetch(host.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-user': 'zoe' },
        body: '{"roomName":"daily","participantName":"Zoë"}',
      });
    const { sub, name } = await verifyToken(await (await send('/api/v2/token')).text());
    expect({ sub, name }).toEqual({ sub: 'zoe', name: 'Zoë' });
    const { issued } = host.app.get(HostListener, { strict: false });
    await eventually(() => issued.length > 0);
    expect(issued[0]?.requestId).toMatch(/^[\w-]{36}$/);
    expect(await (await send('/api/v1/token')).json()).toEqual({ oops: expect.anything() });
    await host.close();
  });

  it('a class that no module provides', async () => {
    @Injectable()
    class Stranger implements CallerResolver {
      resolve({ user }: Request): ResolvedCaller {
        return { identity: `stranger-${user?.id}` };
      }
    }
    const token = TokenModule.register({ path: 'token', caller: Stranger });
    const host = await startHost([LiveKitModule.forRoot({ keys: KEYS }), token]);
    const response = await fetch(`${host.url}/api/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-user': 'zoe' },
      body: '{"roomName":"daily","participantName":"Zoë"}',
    });
    expect((await verifyToken((await response.json()) as string)).sub).toBe('stranger-zoe');
    await host.close();
  });

  it.each([
    ['no keys', () => [LiveKitModule.forRoot({})], /keys must list/],
    ['half a pair', () => [LiveKitModule.forRoot({ keys: [{ key: 'APIabc', secret: '' }] })], /keys must list/],
    ['an address that is no URL', () => [LiveKitModule.forRoot({ keys: KEYS, url: 'livekit' })], /internalUrl must be/],
    [
      'a ttl of a fraction',
      () => [LiveKitModule.forRoot({ keys: KEYS }), TokenModule.register({ tokenTtl: 0.5 })],
      /tokenTtl must be/,
    ],
    [
      'a tolerance over five minutes',
      () => [LiveKitModule.forRoot({ keys: KEYS }), WebhookModule.register({ tolerance: 301 })],
      /tolerance must be/,
    ],
    [
      'a class that cannot resolve',
      () => [
        LiveKitModule.forRoot({ keys: KEYS }),
        TokenModule.register({ path: 'token', caller: Names as unknown as Type<CallerResolver> }),
      ],
      /Names must have resolve/,
    ],
    ['a path without a caller', () => [TokenModule.register({ path: 'token' })], /caller must be/],
  ])('does not start with %s', async (_what, imports, message) => {
    await expect((async () => startHost(imports()))()).rejects.toThrow(message);
  });
});
