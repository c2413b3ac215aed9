/** What is taken for LiveKit's own word: these very bytes, signed by a key of ours, a short while ago. */
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { pass, takeClock } from './support/clock.js';
import { eventually } from '../src/testing/eventually.js';
import { verifyToken } from '../src/testing/livekit-token.js';
import { temporaryFile } from './support/temporary-file.js';
import { answerTo, eventBody, sendWebhook, signWebhook, type WebhookOptions } from '../src/testing/webhook-sender.js';

const ROOM = { sid: 'RM_1', name: 'Größe 日本語 🎉', turnPassword: 'hunter2' };
const now = (): number => Math.floor(Date.now() / 1000);
const started = (room: object = ROOM): string => eventBody('room_started', { room });

describe("a webhook's signature", () => {
  let service: RunningApp;
  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  const send = (body: string | Uint8Array<ArrayBuffer>, options?: WebhookOptions): ReturnType<typeof answerTo> =>
    answerTo(service.url, body, options);
  const accepted = [200];
  const unsigned = [401, 'WEBHOOK_SIGNATURE_INVALID'];

  it('takes a scheme before the signature, which proxies may add', async () => {
    const body = started();
    expect(await send(body, { authorization: `Bearer ${await signWebhook(body)}` })).toEqual(accepted);
  });

  it('verifies the bytes, however they are laid out', async () => {
    const spaced = started().replace(/([{:,])/g, '$1 \n\t ');
    expect(await send(spaced)).toEqual(accepted);
    expect(await send(spaced, { signedBody: JSON.stringify(JSON.parse(spaced)) })).toEqual(unsigned);
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
      ['an end more than an hour ahead', () => ({ claims: { exp: now() + 3_700 } })],
      ['a beginning too far ahead', () => ({ skew: 65 })],
      ['another algorithm', () => ({ alg: 'HS512' })],
    ])('%s', async (_what, options) => {
      expect(await send(started(), options())).toEqual(unsigned);
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
    const strict = await startApp({ WEBHOOK_TOLERANCE: '0s' });
    expect((await sendWebhook(strict.url, started())).status).toBe(200);
    expect((await sendWebhook(strict.url, started(), { skew: 5 })).status).toBe(401);
    await strict.close();
  });

  it('refuses a compressed body, whose bytes are not those that were signed', async () => {
    const body = gzipSync(started());
    const [status] = await send(new Uint8Array(body), { headers: { 'content-encoding': 'gzip' } });
    expect(status).toBe(415);
  });
});

describe('the longest signature of a webhook', () => {
  takeClock();

  it('delivers its event once until it expires', async () => {
    const service = await startApp({ WEBHOOK_TOLERANCE: '5m' });
    const body = started();
    const authorization = await signWebhook(body, { claims: { exp: now() + 3_600 + 299 } });
    const replay = async (): Promise<[status: number, outcome: unknown]> => {
      const { status } = await sendWebhook(service.url, body, { authorization });
      return [status, service.output.lines().findLast(({ context }) => context === 'Webhook')?.['message']];
    };
    expect(await replay()).toEqual([200, 'accepted']);
    const monotonic = performance.now.bind(performance);
    const later = (3_600 + 299 + 299) * 1000;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => monotonic() + later);
    pass(later);
    expect(await replay()).toEqual([200, 'duplicate']);
    pass(2_000);
    expect(await replay()).toEqual([401, 'rejected']);
    clock.mockRestore();
    await service.close();
  });
});

describe("a webhook's signature with LIVEKIT_KEYS_FILE", () => {
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
