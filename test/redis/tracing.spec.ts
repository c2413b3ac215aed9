/** Commands of Redis in traces, and webhooks that reach another instance than the token request. */
import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { type ServiceProcess, spawnService, untilListening } from '../support/built-service.js';
import { OtlpReceiver } from '../support/otlp-receiver.js';
import { eventBody, sendWebhook } from '../../src/testing/webhook-sender.js';

import { RedisServer } from './support/redis.server.js';

const ROOM = 'Room-Canary';
const IDENTITY = 'identity-canary';

let redis: RedisServer;
let receiver: OtlpReceiver;
let services: ServiceProcess[] = [];
beforeAll(async () => {
  [redis, receiver] = await Promise.all([RedisServer.start(), OtlpReceiver.start()]);
  const settings = {
    REDIS_URL: redis.url,
    RATE_LIMIT_PER_ADDRESS: '1000',
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_BSP_SCHEDULE_DELAY: '20',
  };
  services = await Promise.all([spawnService(settings), spawnService(settings)]);
  await Promise.all(services.map((service) => untilListening(service)));
});
afterAll(async () => {
  for (const { child } of services) child.kill('SIGKILL');
  await Promise.all([redis.kill(), receiver.stop()]);
});

it('continues the trace of the token request in the instance that hears of the join, and later webhooks link to it', async () => {
  const [issuing, hearing] = services;
  const traceId = randomBytes(16).toString('hex');
  const response = await fetch(`${issuing?.url}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    body: JSON.stringify({ roomName: ROOM, participantName: IDENTITY }),
  });
  expect(response.status).toBe(200);
  const token = await receiver.span((span) => span.traceId === traceId && span.kind === 'server');
  const commands = [await receiver.span((span) => span.traceId === traceId && span.name === 'EVALSHA')];
  commands.push(await receiver.span((span) => span.traceId === traceId && span.name === 'SET'));
  for (const command of commands) {
    expect(command).toMatchObject({ kind: 'client', parentSpanId: token.spanId, failed: false });
    expect(command.attributes).toEqual({
      'db.system.name': 'redis',
      'db.operation.name': command.name,
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(redis.url).port),
    });
  }

  const joined = { room: { name: ROOM }, participant: { identity: IDENTITY, sid: 'PA_1' } };
  for (const event of ['participant_joined', 'participant_left']) {
    expect((await sendWebhook(`${hearing?.url}`, eventBody(event, joined))).status).toBe(200);
    const webhook = await receiver.span(
      ({ attributes, kind }) => kind === 'server' && attributes['livekit.event'] === event,
    );
    expect(webhook.links).toEqual([{ traceId, spanId: token.spanId }]);
  }
  const listener = await receiver.span(
    (span) => span.traceId === traceId && span.name === 'listener ParticipantListener.joined',
  );
  const processing = await receiver.span((span) => span.spanId === listener.parentSpanId);
  expect(processing).toMatchObject({ name: 'process participant_joined', parentSpanId: token.spanId });
  const other = { ...joined, participant: { identity: 'another', sid: 'PA_2' } };
  await sendWebhook(`${hearing?.url}`, eventBody('participant_connection_aborted', other));
  const unknown = await receiver.span(
    ({ attributes, kind }) => kind === 'server' && attributes['livekit.event'] === 'participant_connection_aborted',
  );
  expect(unknown.links).toEqual([]);

  await receiver.span(({ name }) => name === 'MULTI HSET');
  // Every command of the service has a name.
  const unnamed = receiver.spans.filter(({ attributes }) => {
    return attributes['db.system.name'] === 'redis' && attributes['db.operation.name'] === undefined;
  });
  expect(unnamed).toEqual([]);

  const bytes = Buffer.concat(receiver.requests.map(({ body }) => body)).toString('latin1');
  for (const secret of [ROOM, IDENTITY, new URL(redis.url).password]) expect(bytes).not.toContain(secret);
});
