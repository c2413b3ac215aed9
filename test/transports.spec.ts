/** Guards, pipes, filter and `@CurrentCaller()` where a call is not HTTP: gateways on ws and socket.io, GraphQL, messages of a broker. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';

import { Injectable, Module, UseFilters } from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, type OnGatewayConnection, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IsString } from 'class-validator';
import { firstValueFrom, type Observable } from 'rxjs';
import { io } from 'socket.io-client';
import { type ClientOptions, WebSocket } from 'ws';

import type { Caller } from '../src/auth/caller.js';
import { CurrentCaller } from '../src/auth/current-caller.decorator.js';
import { Public } from '../src/auth/public.decorator.js';
import { rememberHandshake } from '../src/auth/transport-request.js';
import { ProblemFilter } from '../src/errors/problem.filter.js';
import { GERMAN } from '../src/errors/texts/de.texts.js';
import { SPANISH } from '../src/errors/texts/es.texts.js';
import { FRENCH } from '../src/errors/texts/fr.texts.js';
import { RateLimited } from '../src/rate-limit/rate-limited.decorator.js';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { FakeIssuer } from '../src/testing/fake-issuer.js';

class Greeting {
  @IsString()
  text!: string;
}

const nameOf = (caller: Caller): string => (caller.kind === 'verified' ? caller.identity : caller.kind);

@WebSocketGateway()
@UseFilters(ProblemFilter)
class LobbyGateway implements OnGatewayConnection {
  handleConnection(client: object, request: IncomingMessage | undefined): void {
    if (request !== undefined) rememberHandshake(client, request);
  }

  @RateLimited()
  @SubscribeMessage('greet')
  greet(@MessageBody() { text }: Greeting, @CurrentCaller() caller: Caller): { event: string; data: string } {
    return { event: 'greeted', data: `${text}, ${nameOf(caller)}` };
  }

  @Public()
  @SubscribeMessage('ping')
  ping(): { event: string; data: string } {
    return { event: 'pong', data: '' };
  }
}

/** A resolver, and a handler of a microservice: run by what Nest's GraphQL module runs resolvers by. */
@Injectable()
class Resolver {
  whoAmI(@CurrentCaller() caller: Caller): string {
    return nameOf(caller);
  }

  @Public()
  open(): string {
    return 'open';
  }

  @RateLimited()
  closed(): string {
    return 'closed';
  }
}

@Module({ providers: [LobbyGateway, Resolver] })
class LobbyModule {}

let issuer: FakeIssuer;
let onWs: RunningApp;
let onSocketIo: RunningApp;
let anonymous: RunningApp;
let token: string;
beforeAll(async () => {
  issuer = await FakeIssuer.start();
  token = await issuer.sign({ sub: 'alice' });
  const modules = [LobbyModule];
  const limits = { RATE_LIMIT_PER_ADDRESS: '1', RATE_LIMIT_PER_CALLER: '1' };
  onWs = await startApp(
    { ...issuer.settings, ...limits },
    { modules, configure: (app) => void app.useWebSocketAdapter(new WsAdapter(app)) },
  );
  onSocketIo = await startApp(issuer.settings, {
    modules,
    configure: (app) => void app.useWebSocketAdapter(new IoAdapter(app)),
  });
  anonymous = await startApp({}, { modules, configure: (app) => void app.useWebSocketAdapter(new WsAdapter(app)) });
});
afterAll(async () => {
  for (const service of [anonymous, onSocketIo, onWs]) await service.close();
  await issuer.stop();
});

interface Answer {
  readonly event: string;
  readonly data: unknown;
}

/** The answers to messages over one connection. */
async function overWs(
  service: RunningApp,
  messages: readonly object[],
  { protocols = [], ...options }: ClientOptions & { protocols?: string[] } = {},
): Promise<Answer[]> {
  const socket = new WebSocket(service.url.replace('http', 'ws'), protocols, options);
  await once(socket, 'open');
  const answers: Answer[] = [];
  for (const message of messages) {
    socket.send(JSON.stringify(message));
    const [data] = (await once(socket, 'message')) as [Buffer];
    answers.push(JSON.parse(data.toString()) as Answer);
  }
  socket.close();
  await once(socket, 'close');
  return answers;
}

const greet = { event: 'greet', data: { text: 'Hello' } };
const greeted = { event: 'greeted', data: 'Hello, alice' };
const refused = (code: string): object => ({ event: 'exception', data: expect.objectContaining({ code }) });

describe('a gateway on ws', () => {
  it('knows the caller by the token of the handshake, in the header or as a subprotocol', async () => {
    const headers = { authorization: `Bearer ${token}` };
    expect(await overWs(onWs, [greet, greet], { headers })).toEqual([greeted, greeted]);
    expect(await overWs(onWs, [greet], { protocols: ['bearer', token] })).toEqual([greeted]);
  });

  it('refuses messages by problems, and leaves public ones open', async () => {
    expect(await overWs(onWs, [greet, { event: 'ping' }])).toEqual([
      refused('AUTHENTICATION_REQUIRED'),
      { event: 'pong', data: '' },
    ]);
    expect(await overWs(onWs, [greet], { protocols: ['bearer', 'nothing'] })).toEqual([refused('INVALID_TOKEN')]);
  });

  it('refuses in the language of the handshake', async () => {
    const headers = { 'accept-language': 'fr-CH, de;q=0.5' };
    const [unknown] = await overWs(onWs, [greet], { headers });
    expect(unknown).toMatchObject({
      data: { code: 'AUTHENTICATION_REQUIRED', detail: FRENCH.AUTHENTICATION_REQUIRED },
    });
    const known = { 'accept-language': 'de', authorization: `Bearer ${token}` };
    const [invalid] = await overWs(onWs, [{ event: 'greet', data: { text: 7 } }], { headers: known });
    expect(invalid).toMatchObject({ data: { code: 'BAD_REQUEST', detail: GERMAN.BAD_REQUEST } });
  });

  it('validates messages', async () => {
    const headers = { authorization: `Bearer ${token}` };
    const [answer] = await overWs(onWs, [{ event: 'greet', data: { text: 7 } }], { headers });
    expect(answer).toMatchObject({
      event: 'exception',
      data: { status: 400, code: 'BAD_REQUEST', errors: [{ pointer: '/text', code: 'IS_STRING' }] },
    });
  });

  it('has anonymous callers without authentication', async () => {
    expect(await overWs(anonymous, [greet])).toEqual([{ event: 'greeted', data: 'Hello, anonymous' }]);
  });
});

describe('a gateway on socket.io', () => {
  const answerTo = async (auth: object, extraHeaders: Record<string, string> = {}): Promise<Answer> => {
    const client = io(onSocketIo.url, { auth, extraHeaders, transports: ['websocket'], reconnection: false });
    const answer = new Promise<Answer>((resolve) => client.onAny((event: string, data) => resolve({ event, data })));
    client.emit('greet', { text: 'Hello' });
    try {
      return await answer;
    } finally {
      client.disconnect();
    }
  };

  it('knows the caller by the token of the handshake', async () => {
    expect(await answerTo({ token })).toEqual(greeted);
    expect(await answerTo({ token: 'nothing' })).toEqual(refused('INVALID_TOKEN'));
    expect(await answerTo({})).toEqual(refused('AUTHENTICATION_REQUIRED'));
    expect(await answerTo({}, { 'accept-language': 'es' })).toMatchObject({
      data: { code: 'AUTHENTICATION_REQUIRED', detail: SPANISH.AUTHENTICATION_REQUIRED },
    });
  });
});

describe.each(['graphql', 'rpc'])('a handler of %s', (type) => {
  const call = async (method: 'whoAmI' | 'open' | 'closed', service = onWs, context?: object): Promise<unknown> => {
    const resolver = service.app.get(Resolver);
    const handler = service.app
      .get(ExternalContextCreator)
      .create(
        resolver,
        resolver[method] as (...args: unknown[]) => unknown,
        method,
        '__routeArguments__',
        { exchangeKeyForValue: () => undefined },
        undefined,
        undefined,
        { guards: true, filters: true, interceptors: true },
        type,
      );
    const result: unknown = await handler(undefined, {}, context, undefined);
    return type === 'rpc' && typeof (result as Observable<unknown>).subscribe === 'function'
      ? firstValueFrom(result as Observable<unknown>).catch((error: unknown) => error)
      : result;
  };

  it('is closed until it is public, and refused by a problem', async () => {
    expect(await call('open')).toBe('open');
    const refusal = (await call('closed')) as { extensions?: unknown };
    expect(refusal.extensions ?? refusal).toMatchObject({ status: 401, code: 'AUTHENTICATION_REQUIRED' });
    expect(await call('closed', anonymous)).toBe('closed');
  });

  if (type === 'graphql') {
    it('knows the caller by the HTTP request', async () => {
      const req = { headers: { authorization: `Bearer ${token}` } };
      expect(await call('whoAmI', onWs, { req })).toBe('alice');
      expect(await call('whoAmI', anonymous, { req: { headers: {} } })).toBe('anonymous');
    });
  }
});
