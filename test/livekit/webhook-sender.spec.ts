/** The sender of webhooks that the other tests use sends what a real LiveKit sends. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader } from 'jose';

import { eventually } from '../../src/testing/eventually.js';
import { eventBody, sendWebhook } from '../../src/testing/webhook-sender.js';
import { signToken } from './support/jwt.js';
import { callServerApi } from './support/livekit.client.js';
import { startOwnLiveKit } from './support/livekit.js';
import { stopPrograms } from './support/program.js';

interface Delivery {
  readonly request: IncomingMessage;
  readonly body: string;
}

let receiver: Server;
let url: string;
const deliveries: Delivery[] = [];

beforeAll(async () => {
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    deliveries.push({ request, body: await text(request) });
    response.end();
  };
  receiver = createServer((request, response) => void receive(request, response)).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await stopPrograms();
  receiver.closeAllConnections();
  receiver.close();
});

/** All that tells one sender from another, or would tell a changed one, but for values that are new each time. */
function nature({ request, body }: Delivery): object {
  const { authorization = '', ...headers } = request.headers;
  const { sha256, iat = 0, exp = 0, nbf = 0, iss, ...others } = decodeJwt<{ sha256?: string }>(authorization);
  const { id, createdAt, room, ...event } = JSON.parse(body) as Record<string, unknown>;
  return {
    to: `${request.method} ${request.url}`,
    type: headers['content-type'],
    encoding: [headers['content-encoding'], headers['transfer-encoding']],
    length: headers['content-length'] === String(Buffer.byteLength(body)),
    header: decodeProtectedHeader(authorization),
    key: iss,
    hash: sha256 === createHash('sha256').update(body).digest('base64'),
    times: [iat - nbf, exp - nbf],
    others,
    event,
    id: typeof id === 'string' && /^EV_\w+$/.test(id),
    createdAt: typeof createdAt === 'string' && Math.abs(Number(createdAt) - iat) <= 60,
    room: (room as Record<string, unknown>)['name'],
  };
}

it('a webhook of the sender and one of LiveKit are of the same nature', async () => {
  const livekit = await startOwnLiveKit({ webhookUrls: [`${url}/livekit/webhook`] });
  const operator = await signToken(livekit, { roomCreate: true });
  await callServerApi(livekit.url, operator, 'RoomService/CreateRoom', { name: 'Größe' });
  const real = await eventually(() => deliveries.at(0));

  const body = eventBody('room_started', { room: { sid: 'RM_1', name: 'Größe' } });
  await sendWebhook(url, body, { key: livekit.apiKey, secret: livekit.apiSecret });
  const sent = await eventually(() => deliveries.find((delivery) => delivery.body === body));
  expect(nature(sent)).toEqual(nature(real));
  expect(nature(real)).toMatchObject({ hash: true, length: true, id: true, createdAt: true, others: {} });
});
