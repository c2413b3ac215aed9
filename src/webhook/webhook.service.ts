import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import type { WebhookEvent } from 'livekit-server-sdk';

import type { Problem } from '../errors/problem.js';
import { currentContext, type RequestContext } from '../logging/request-context.js';
import { nameInTrace, recordingSpan, type SpanContext } from '../telemetry/tracing.js';

import { ParticipantTraces } from './participant-traces.service.js';
import { WebhookDeliveries } from './webhook-deliveries.service.js';
import { type EventFacts, WEBHOOK_RECEIVED, type WebhookOutcomeEvent } from './webhook-events.js';
import { decodeEvent } from './webhook.decoder.js';
import { WebhookVerifier } from './webhook.verifier.js';

@Injectable()
export class WebhookService {
  private readonly known = new WeakMap<RequestContext, EventFacts>();

  constructor(
    private readonly verifier: WebhookVerifier,
    private readonly deliveries: WebhookDeliveries,
    private readonly traces: ParticipantTraces,
    private readonly events: EventEmitter2,
  ) {}

  /** Verifies, decodes and delivers a webhook. Throws a `ProblemException`, which the error format reports by {@link refused}. */
  async receive(authorization: string | undefined, body: Buffer): Promise<void> {
    await this.verifier.verify(authorization, body);
    const event = decodeEvent(body);
    const context = currentContext();
    if (context) this.known.set(context, factsOf(event));
    const outcome = await this.deliveries.deliver(event, await this.origin(event));
    this.account({ outcome });
  }

  /** Publishes the outcome of a webhook that failed at any step, guards and body parser included. */
  refused({ status, code, detail }: Problem): void {
    this.account({ outcome: status >= 500 ? 'failed' : 'rejected', code, detail });
  }

  /** The token request that the webhook's span is linked to. */
  private async origin(event: WebhookEvent): Promise<SpanContext | undefined> {
    const span = recordingSpan();
    if (span === undefined) return undefined;
    span.setAttribute('livekit.event', event.event);
    if (event.room && event.participant) nameInTrace(event.room.name, event.participant.identity);
    const origin = await this.traces.origin(event);
    if (origin !== undefined) span.addLink({ context: origin });
    return origin;
  }

  private account(result: Pick<WebhookOutcomeEvent, 'outcome' | 'code' | 'detail'>): void {
    const context = currentContext();
    const facts = context && this.known.get(context);
    const event: WebhookOutcomeEvent = { ...result, ...facts, address: context?.address ?? '' };
    this.events.emit(WEBHOOK_RECEIVED, event);
  }
}

function factsOf({ event, id, room, egressInfo, ingressInfo }: WebhookEvent): EventFacts {
  return { event, id, room: room?.name || egressInfo?.roomName || ingressInfo?.roomName || undefined };
}
