import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { after, before, test } from 'node:test';

import { type ClientProxy, ClientProxyFactory, Transport } from '@nestjs/microservices';
import { FakeIssuer, type RunningApp, startApp, stopAll } from 'livekit-token-service/testing';
import { firstValueFrom } from 'rxjs';

import { TransportsModule } from './transports.module.js';

let token: string;
let service: RunningApp;
let client: ClientProxy;
before(async () => {
  const issuer = await FakeIssuer.start();
  token = await issuer.sign({ sub: 'alice' });
  const tcp = { transport: Transport.TCP, options: { host: '127.0.0.1', port: await freePort() } } as const;
  service = await startApp(issuer.settings, {
    modules: [TransportsModule],
    configure: async (app) => {
      app.connectMicroservice(tcp, { inheritAppConfig: true });
      await app.startAllMicroservices();
    },
  });
  client = ClientProxyFactory.create(tcp);
});
after(async () => {
  client.close();
  await stopAll();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

interface Result {
  readonly data: Record<string, string> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[];
}

async function query(text: string, headers: Record<string, string> = {}): Promise<Result> {
  const response = await fetch(`${service.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: text }),
  });
  return (await response.json()) as Result;
}

test('GraphQL: a resolver is closed until it is public, and knows the caller', async () => {
  const [refusal] = (await query('{ whoAmI }')).errors ?? [];
  assert.equal(refusal?.extensions['code'], 'AUTHENTICATION_REQUIRED');
  const { data } = await query('{ whoAmI }', { authorization: `Bearer ${token}` });
  assert.equal(data?.['whoAmI'], 'alice');
  assert.equal((await query('{ greet(greeting: { text: "hello" }) }')).data?.['greet'], 'hello');
});

test('GraphQL: arguments are validated, and errors follow the language of the request', async () => {
  const text = '{ greet(greeting: { text: "too long" }) }';
  const [english, german] = await Promise.all([query(text), query(text, { 'accept-language': 'de' })]);
  const invalid = [{ pointer: '/text', code: 'MAX_LENGTH' }];
  for (const { errors } of [english, german]) {
    const found = errors?.[0]?.extensions['errors'] as typeof invalid;
    assert.deepEqual(
      found.map(({ pointer, code }) => ({ pointer, code })),
      invalid,
    );
  }
  assert.notEqual(english.errors?.[0]?.message, german.errors?.[0]?.message);
});

const ask = (pattern: string, text = ''): Promise<unknown> =>
  firstValueFrom(client.send<unknown>(pattern, { text })).catch((error: unknown) => error);
const problem = async (pattern: string, text?: string): Promise<Record<string, unknown>> =>
  (await ask(pattern, text)) as Record<string, unknown>;

test('a microservice: a handler is closed until it is public, validates, and fails by problems', async () => {
  assert.equal((await problem('closed'))['code'], 'AUTHENTICATION_REQUIRED');
  assert.equal(await ask('greet', 'hello'), 'hello');
  assert.equal((await problem('greet', 'too long'))['code'], 'BAD_REQUEST');
  const failure = await problem('fail');
  assert.equal(failure['code'], 'INTERNAL_ERROR');
  assert.doesNotMatch(JSON.stringify(failure), /of this module alone/);
  assert.equal('requestId' in failure, false);
});

test('HTTP goes on', async () => {
  const body = { roomName: 'daily', participantName: 'Alice' };
  assert.equal((await service.post('/token', body, { authorization: `Bearer ${token}` })).status, 200);
});
