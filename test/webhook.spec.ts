/** LiveKit's webhooks over HTTP: what is taken for LiveKit's, what is not, and what LiveKit is told. */
import { gzipSync } from 'node:zlib';

import { Module } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import type { LiveKitEvent } from '../src/webhook/livekit-event.js';
import { OnLiveKitEvent } from '../src/webhook/on-livekit-event.decorator.js';

import { type RunningApp, startApp } from './support/app.js';
import { eventually } from './support/eventually.js';
import { verifyToken } from './support/livekit-token.js';
import { temporaryFile } from './support/temporary-file.js';
import { eventBody, sendWebhook, signWebhook, type WebhookOptions } from './support/webhook-sender.js';

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
const now = (): number => Math.floor(Date.now() / 1000);
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

  const send = async (
    body: string | Uint8Array<ArrayBuffer>,
    options?: WebhookOptions,
  ): Promise<[status: number, code: unknown]> => {
    const response = await sendWebhook(service.url, body, options);
    const text = await response.text();
    return [response.status, text === '' ? undefined : (JSON.parse(text) as { code: unknown }).code];
  };
  const logged = (id: string): Promise<Record<string, unknown>[]> =>
    eventually(() => {
      const lines = service.output.lines().filter(({ requestId }) => requestId === id);
      return lines.length > 0 && lines;
    });
  const accepted = [200, undefined];
  const unsigned = [401, 'WEBHOOK_SIGNATURE_INVALID'];
  const undecodable = [400, 'WEBHOOK_UNDECODABLE'];

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

  it('takes a scheme before the signature, which proxies may add', async () => {
    const body = started();
    expect(await send(body, { authorization: `Bearer ${await signWebhook(body)}` })).toEqual(accepted);
  });

  it('verifies the bytes, however they are laid out', async () => {
    const spaced = started().replace(/([{:,])/g, '$1 \n\t ');
    expect(await send(spaced)).toEqual(accepted);
    expect(await send(spaced, { signedBody: JSON.stringify(JSON.parse(spaced)) })).toEqual(unsigned);
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

  describe('refuses what LiveKit has not signed:', () => {
    it.each<[string, () => WebhookOptions]>([
      ['no signature', () => ({ authorization: '' })],
      ['no token', () => ({ authorization: 'hunter2' })],
      ['a token without claims', () => ({ authorization: 'Bearer a.b.c' })],
      ['a changed body', () => ({ signedBody: started({ name: 'other' }) })],
      ['an unknown key', () => ({ key: 'strangerkey' })],
      ['a wrong secret', () => ({ secret: 'strangersecret' })],
      ['no issuer', () => ({ claims: { iss: undefined } })],
      ['a hash in hexadecimal', () => ({ claims: { sha256: 'ab'.repeat(32) } })],
      ['no hash', () => ({ claims: { sha256: undefined } })],
      ['a hash that is no text', () => ({ claims: { sha256: [1] } })],
      ['no end', () => ({ claims: { exp: undefined } })],
      ['an end too long ago', () => ({ claims: { exp: now() - 65 } })],
      ['a beginning too far ahead', () => ({ skew: 65 })],
      ['another algorithm', () => ({ alg: 'HS512' })],
    ])('%s', async (_what, options) => {
      expect(await send(started(), options())).toEqual(unsigned);
      expect(received).toEqual([]);
    });

    it('a body of other bytes for the same JSON', async () => {
      const body = started({ name: 'é' });
      expect(await send(body, { signedBody: body.replace('é', '\\u00e9') })).toEqual(unsigned);
    });

    it('an unsigned algorithm', async () => {
      const [, payload] = (await signWebhook(started())).split('.');
      const header = Buffer.from('{"alg":"none"}').toString('base64url');
      expect(await send(started(), { authorization: `${header}.${payload}.` })).toEqual(unsigned);
    });

    it("a participant's token, which the same key has signed", async () => {
      const answer = await service.post('/token', { roomName: 'r', participantName: 'p' });
      const token = (await answer.json()) as string;
      await verifyToken(token);
      expect(await send(started(), { authorization: token })).toEqual(unsigned);
    });

    it('before it reads the body, so that strangers cannot fill the memory', async () => {
      const large = started({ metadata: 'x'.repeat(9 * 1024 * 1024) });
      expect(await send(large, { secret: 'strangersecret' })).toEqual(unsigned);
    });
  });

  it('allows clocks to differ by WEBHOOK_TOLERANCE', async () => {
    expect(await send(started(), { skew: 50 })).toEqual(accepted);
    expect(await send(started(), { skew: -350 })).toEqual(accepted);
    const strict = await startApp({ WEBHOOK_TOLERANCE: '0s' }, { modules: [RecorderModule] });
    expect((await sendWebhook(strict.url, started())).status).toBe(200);
    expect((await sendWebhook(strict.url, started(), { skew: 5 })).status).toBe(401);
    await strict.close();
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

  it('refuses a compressed body, whose bytes are not those that were signed', async () => {
    const body = gzipSync(started());
    const [status] = await send(new Uint8Array(body), { headers: { 'content-encoding': 'gzip' } });
    expect(status).toBe(415);
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

describe('POST /livekit/webhook with LIVEKIT_KEYS_FILE', () => {
  it('takes what any of the pairs has signed, also after a change', async () => {
    const keys = temporaryFile('one: hunter1\ntwo: hunter2');
    const service = await startApp({ LIVEKIT_KEYS_FILE: keys.path });
    const status = async (key: string, secret: string): Promise<number> =>
      (await sendWebhook(service.url, started(), { key, secret })).status;
    expect(await status('one', 'hunter1')).toBe(200);
    expect(await status('two', 'hunter2')).toBe(200);
    expect(await status('two', 'hunter1')).toBe(401);
    expect(await status('three', 'hunter3')).toBe(401);
    keys.replace('three: hunter3\ntwo: hunter2');
    await eventually(() => service.output.text().split('was read again').length === 3);
    expect(await status('three', 'hunter3')).toBe(200);
    expect(await status('one', 'hunter1')).toBe(401);
    await service.close();
  });
});
