/** Holds webhooks as LiveKit sends them, each signed for its own bytes. */
import { createHash } from 'node:crypto';

import { AccessToken } from 'livekit-server-sdk';

import type { Names, Requests } from './request.set.js';

export class WebhookSet implements Requests {
  private constructor(
    private readonly ids: number,
    private readonly first: number,
    private readonly requests: Buffer[],
  ) {}

  /** Those from number `first` on, of events with so many ids in turn. */
  static async signed(
    port: number,
    ids: number,
    first: number,
    count: number,
    joins: readonly Names[] = [DAILY],
  ): Promise<WebhookSet> {
    const requests: Buffer[] = [];
    for (let i = 0; i < Math.min(ids, count); i++) {
      const id = (first + i) % ids;
      requests.push(await webhook(port, id, joins[id % joins.length] ?? DAILY));
    }
    return new WebhookSet(ids, first, requests);
  }

  request(index: number): Buffer {
    const request = this.requests[(index - this.first) % this.ids];
    if (request === undefined) throw new RangeError(`no webhook ${index}`);
    return request;
  }

  names(): Names {
    throw new Error('a webhook asks for no token');
  }
}

const DAILY: Names = { roomName: 'daily', participantName: 'alice' };

async function webhook(port: number, number: number, { roomName, participantName }: Names): Promise<Buffer> {
  const createdAt = String(Math.floor(Date.now() / 1000));
  const body = JSON.stringify({
    event: 'participant_joined',
    room: { sid: 'RM_hycBMAjmt6Ub', name: roomName, emptyTimeout: 300, creationTime: createdAt, numParticipants: 2 },
    participant: {
      sid: 'PA_q4ZmgBEkwTwn',
      identity: participantName,
      name: 'Alice',
      state: 'ACTIVE',
      joinedAt: createdAt,
      permission: { canSubscribe: true, canPublish: true, canPublishData: true },
    },
    id: `EV_${String(number).padStart(12, '0')}`,
    createdAt,
  });
  const signature = new AccessToken('devkey', 'secret', { ttl: '5m' });
  signature.sha256 = createHash('sha256').update(body).digest('base64');
  return Buffer.from(
    [
      'POST /livekit/webhook HTTP/1.1',
      `Host: localhost:${port}`,
      'User-Agent: Go-http-client/1.1',
      'Content-Type: application/webhook+json',
      `Authorization: ${await signature.toJwt()}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}
