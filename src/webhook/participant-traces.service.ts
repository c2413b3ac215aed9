import { createHash } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { WebhookEvent } from 'livekit-server-sdk';

import { RedisClient } from '../redis/redis.client.js';
import { activeTracer, recordingSpan, type SpanContext } from '../telemetry/tracing.js';

const KEY_PREFIX = 'livekit-token-service:trace:';

/** In this process. About 3 MiB when full. */
const MAX_PARTICIPANTS = 10_000;

/** LiveKit accepts a token for a minute after its end, and a webhook may be late. */
const LEEWAY_MS = 2 * 60_000;

/** Once the participant has joined. Later webhooks of longer calls have no link. */
const JOINED_FOR_MS = 24 * 3_600_000;

/** Which trace let a participant in: LiveKit's webhooks carry no trace context. Does nothing unless traces are exported. */
@Injectable()
export class ParticipantTraces {
  private readonly own = new LRUCache<string, SpanContext>({ max: MAX_PARTICIPANTS });

  constructor(private readonly redis: RedisClient) {}

  /** To be called for each token, in the span of its request. `ttl` is that of the token, in seconds. */
  remember({ room, identity, ttl }: { readonly room: string; readonly identity: string; readonly ttl: number }): void {
    const context = recordingSpan()?.spanContext();
    if (context === undefined) return;
    const key = keyOf(room, identity);
    const ms = ttl * 1000 + LEEWAY_MS;
    this.own.set(key, context, { ttl: ms });
    const { traceId, spanId, traceFlags } = context;
    void this.redis.ask((connection) => connection.set(key, `${traceId}-${spanId}-${traceFlags}`, 'PX', ms), 'SET');
  }

  /** The traced request that let in the participant of the event. Undefined if it is not known, or if the event has no participant. */
  async origin({ event, room, participant }: WebhookEvent): Promise<SpanContext | undefined> {
    if (activeTracer() === undefined || room === undefined || participant === undefined) return undefined;
    const key = keyOf(room.name, participant.identity);
    // Another process may know a later token.
    const context = (await this.shared(key)) ?? this.own.get(key);
    if (context !== undefined && event === 'participant_joined') {
      this.own.set(key, context, { ttl: JOINED_FOR_MS });
      void this.redis.ask((connection) => connection.pexpire(key, JOINED_FOR_MS), 'PEXPIRE');
    }
    return context;
  }

  private async shared(key: string): Promise<SpanContext | undefined> {
    const [traceId, spanId, flags] =
      (await this.redis.ask((connection) => connection.get(key), 'GET'))?.split('-') ?? [];
    if (traceId === undefined || spanId === undefined) return undefined;
    return { traceId, spanId, traceFlags: Number(flags), isRemote: true };
  }
}

/** Of bounded size, and without names. */
function keyOf(room: string, identity: string): string {
  return (
    KEY_PREFIX +
    createHash('sha256')
      .update(JSON.stringify([room, identity]))
      .digest('base64url')
  );
}
