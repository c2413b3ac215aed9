/** LiveKit's webhooks over HTTP, well signed: which are taken, which are not, and what the log says of them. */
import { once } from 'node:events';
import { connect } from 'node:net';

import { Module } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import type { LiveKitEvent } from '../src/webhook/livekit-event.js';
import { OnLiveKitEvent } from '../src/webhook/on-livekit-event.decorator.js';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { eventually } from '../src/testing/eventually.js';
import { answerTo, eventBody, sendWebhook, signWebhook, type WebhookOptions } from '../src/testing/webhook-sender.js';

const received: LiveKitEvent[] = [];

class Recorder {
  @OnLiveKitEvent(['room_started', 'participant_joined'])
  record(event: LiveKitEvent<'room_started' | 'participant_joined'>): void {
    received.push(event);
  }
}

@Module({ providers: [Recorder] })
class RecorderModule {}

const ROOM = { sid: 'RM_1', name: 'Größe 日本語 🎉', turnPassword: 'hunter2' };
const started = (room: object = ROOM): string => eventBody('room_started', { room });

describe('POST /livekit/webhook', () => {
  let service: RunningApp;
  beforeAll(async () => {
    service = await startApp({}, { modules: [RecorderModule] });
  });
  afterAll(() => service.close());
  afterEach(() => {
    received.length = 0;
  });

  const send = (body: string | Uint8Array<ArrayBuffer>, options?: WebhookOptions): ReturnType<typeof answerTo> =>
    answerTo(service.url, body, options);
  const logged = (id: string): Promise<Record<string, unknown>[]> =>
    eventually(() => {
      const lines = service.output.lines().filter(({ requestId }) => requestId === id);
      return lines.length > 0 && lines;
    });
  const accepted = [200];
  const undecodable = [400, 'WEBHOOK_UNDECODABLE'];

  it.each([0, 10, Infinity])('rejects none whose sender is gone after %d bytes of its body', async (bytes) => {
    const body = started();
    const head = [
      'POST /livekit/webhook HTTP/1.1',
      'Host: x',
      `Authorization: ${await signWebhook(body)}`,
      'Content-Type: application/webhook+json',
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    const before = service.output.lines().filter(({ context }) => context === 'Webhook').length;
    for (let n = 0; n < 20; n += 1) {
      const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
      await once(socket, 'connect');
      // As a process that is killed leaves its connections: all that was sent, and then the end.
      socket.end(`${head.join('\r\n')}\r\n\r\n${body.slice(0, bytes)}`);
      await once(socket, 'finish');
      if (bytes < body.length) socket.destroy();
      else await once(socket, 'close');
    }
    expect(await send(started())).toEqual([200]);
    const lines = service.output.lines().filter(({ context }) => context === 'Webhook');
    expect(lines.slice(before).map(({ message }) => message)).not.toContain('rejected');
    expect(lines.at(-1)).toMatchObject({ message: 'accepted' });
  });

  it('hands a signed event to its listeners, without the password of the relay', async () => {
    expect(await send(started())).toEqual(accepted);
    expect(received).toMatchObject([{ event: 'room_started', room: { name: ROOM.name, turnPassword: '' } }]);
    expect(typeof received[0]?.createdAt).toBe('bigint');
  });

  it('says in one line what it was, and nothing of what it held', async () => {
    const body = eventBody('participant_joined', { room: ROOM, participant: { metadata: 'hunter3' } }, 'EV_logged');
    await send(body, { headers: { 'x-request-id': 'logged' } });
    expect(await logged('logged')).toEqual([
      expect.objectContaining({
        context: 'Webhook',
        message: 'accepted',
        event: 'participant_joined',
        id: 'EV_logged',
        room: ROOM.name,
        address: '127.0.0.1',
      }),
    ]);
    expect(service.output.text()).not.toMatch(/hunter/);
  });

  it.each([
    'application/webhook+json',
    'application/json',
    'application/json; charset=utf-8',
    'application/vnd.x+json',
  ])('takes any JSON content type: %s', async (type) => {
    expect(await send(started(), { headers: { 'content-type': type } })).toEqual(accepted);
  });

  it('takes no other content type', async () => {
    const options = { headers: { 'content-type': 'text/plain' } };
    expect(await send(started(), options)).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  it('answers at the address as proxies may write it', async () => {
    const body = started();
    const headers = { authorization: await signWebhook(body) };
    for (const path of ['//livekit/webhook', '/livekit/webhook/', '/LiveKit/Webhook']) {
      expect((await service.post(path, body, headers)).status).toBe(200);
    }
  });

  it('takes events far above the limit of other bodies, as large metadata makes them', async () => {
    const metadata = 'é'.repeat(300 * 1024);
    expect(await send(started({ ...ROOM, metadata }))).toEqual(accepted);
    expect(received).toMatchObject([{ room: { metadata } }]);
    // The largest that LiveKit sends by its defaults: every byte of three fields escaped as six.
    const escaped = '\u0001'.repeat(512 * 1024);
    const largest = eventBody('participant_joined', {
      room: { ...ROOM, metadata: escaped },
      participant: { metadata: escaped, attributes: { a: '\u0001'.repeat(64 * 1024) } },
    });
    expect(await send(largest)).toEqual(accepted);
    expect(await send(started({ metadata: 'x'.repeat(8 * 1024 * 1024) }))).toEqual([413, 'BODY_TOO_LARGE']);
  });

  it.each(['participant_teleported', 'agent_job_started'])(
    'accepts an event that it does not know: %s',
    async (event) => {
      const job = { id: 'AJ_1', room: ROOM, kindOfJob: 'unknown' };
      expect(await send(eventBody(event, { job, news: { a: [1, { b: null }] } }))).toEqual(accepted);
    },
  );

  it('accepts fields and values that it does not know', async () => {
    const participant = { sid: 'PA_1', state: 'DREAMING', kind: 'ANDROID', mood: 7 };
    expect(await send(eventBody('participant_joined', { room: { ...ROOM, colour: 'blue' }, participant }))).toEqual(
      accepted,
    );
    expect(received).toMatchObject([{ participant: { sid: 'PA_1' } }]);
  });

  it.each<[string, string | Uint8Array<ArrayBuffer>]>([
    ['nothing', ''],
    ['no JSON', '{"event":"room_started","room":{"turnPassword":"hunter2"'],
    ['null', 'null'],
    ['a list', '[]'],
    ['an empty object', '{}'],
    ['no id', JSON.stringify({ event: 'room_started', room: ROOM })],
    ['no name', JSON.stringify({ id: 'EV_nameless', room: ROOM })],
    ['a field of a wrong type', eventBody('room_started', { room: { ...ROOM, turnPassword: ['hunter2'] } })],
    ['no room where there always is one', eventBody('room_started')],
    [
      'no UTF-8',
      Buffer.concat([Buffer.from('{"event":"room_started","room":{},"id":"'), Buffer.from([0xff]), Buffer.from('"}')]),
    ],
  ])('refuses a signed body that is no event: %s', async (what, body) => {
    expect(await send(body, { headers: { 'x-request-id': `undecodable-${what.replaceAll(' ', '-')}` } })).toEqual(
      undecodable,
    );
    expect(received).toEqual([]);
    expect(await logged(`undecodable-${what.replaceAll(' ', '-')}`)).toHaveLength(1);
    expect(service.output.text()).not.toMatch(/hunter/);
  });

  it('logs a refusal with its code and reason, and its sender', async () => {
    await send(started(), { skew: 999, headers: { 'x-request-id': 'skewed' } });
    expect(await logged('skewed')).toMatchObject([
      {
        level: 'warn',
        context: 'Webhook',
        message: 'rejected',
        code: 'WEBHOOK_SIGNATURE_INVALID',
        detail: 'The signature is not of this time; do the clocks differ?',
        address: '127.0.0.1',
      },
    ]);
  });

  it('is public where callers are verified, and answers nothing but POST', async () => {
    const closed = await startApp(
      { AUTH_MODE: 'oidc', OIDC_ISSUER: 'https://id.example.com', OIDC_AUDIENCE: 'x' },
      { modules: [RecorderModule] },
    );
    expect((await sendWebhook(closed.url, started())).status).toBe(200);
    expect((await fetch(`${closed.url}/livekit/webhook`)).status).toBe(404);
    await closed.close();
  });
});
