import { Injectable, Optional } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import type { WebhookEvent } from 'livekit-server-sdk';

import type { Problem } from '../errors/problem.js';
import { currentContext, type RequestContext } from '../logging/request-context.js';
import { inSpanBelow, nameInTrace, recordingSpan, SpanKind } from '../telemetry/tracing.js';

import { ParticipantTraces } from './participant-traces.service.js';
import { WebhookDeliveries } from './webhook-deliveries.service.js';
import { type EventFacts, WEBHOOK_RECEIVED, type WebhookOutcomeEvent } from './webhook-events.js';
import { decodeEvent } from './webhook.decoder.js';
import { WebhookVerifier } from './webhook.verifier.js';

/** How a join has ended: these continue the trace of its token request. Others may come hours later, and link to it. */
const OUTCOMES_OF_JOIN = new Set(['participant_joined', 'participant_connection_aborted']);

@Injectable()
export class WebhookService {
  private readonly known = new WeakMap<RequestContext, EventFacts>();

  constructor(
    private readonly verifier: WebhookVerifier,
    private readonly deliveries: WebhookDeliveries,
    private readonly events: EventEmitter2,
    @Optional() private readonly traces?: ParticipantTraces,
  ) {}

  /** Verifies, decodes and delivers a webhook. Throws a `ProblemException`, which the error format reports by {@link refused}. */
  async receive(authorization: string | undefined, body: Buffer): Promise<void> {
    await this.verifier.verify(authorization, body);
    const event = decodeEvent(body);
    const context = currentContext();
    if (context) this.known.set(context, factsOf(event));
    const outcome = await this.inTrace(event, () => this.deliveries.deliver(event));
    this.account({ outcome });
  }

  /** Publishes the outcome of a webhook that failed at any step, guards and body parser included. */
  refused({ status, code, detail }: Problem): void {
    this.account({ outcome: status >= 500 ? 'failed' : 'rejected', code, detail });
  }

  /** Links the webhook to the token request that let in its participant, and lets the outcome of a join continue that trace. */
  private async inTrace<T>(event: WebhookEvent, work: () => Promise<T>): Promise<T> {
    const span = recordingSpan();
    span?.setAttribute('livekit.event', event.event);
    nameIn(event);
    const origin = await this.traces?.origin(event);
    if (origin === undefined) return work();
    span?.addLink({ context: origin });
    if (!OUTCOMES_OF_JOIN.has(event.event)) return work();
    const settings = { kind: SpanKind.CONSUMER, attributes: { 'livekit.event': event.event } };
    return inSpanBelow(origin, `process ${event.event}`, settings, () => {
      nameIn(event);
      return work();
    });
  }

  private account(result: Pick<WebhookOutcomeEvent, 'outcome' | 'code' | 'detail'>): void {
    const context = currentContext();
    const facts = context && this.known.get(context);
    const event: WebhookOutcomeEvent = { ...result, ...facts, address: context?.address ?? '' };
    this.events.emit(WEBHOOK_RECEIVED, event);
  }
}

function nameIn({ room, participant }: WebhookEvent): void {
  if (room && participant) nameInTrace(room.name, participant.identity);
}

function factsOf({ event, id, room, egressInfo, ingressInfo }: WebhookEvent): EventFacts {
  return { event, id, room: room?.name || egressInfo?.roomName || ingressInfo?.roomName || undefined };
}
