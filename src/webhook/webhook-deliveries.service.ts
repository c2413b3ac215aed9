import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import type { WebhookEvent } from 'livekit-server-sdk';

import { ProblemException } from '../errors/problem.exception.js';
import { inSpan } from '../telemetry/tracing.js';

import { DeliveryStore } from './delivery.store.js';
import type { LiveKitEvent } from './livekit-event.js';
import { type LiveKitListener, LiveKitListeners } from './livekit-listeners.service.js';
import { LISTENER_FAILED, type ListenerFailedEvent } from './webhook-events.js';

/** LiveKit has no timeout. It sends no further events of the room until it gets a response. */
export const ANSWER_WITHIN_MS = 5_000;

/** A listener that takes longer is logged as a warning. */
export const SLOW_MS = 1_000;

/** How long a shutdown waits for listeners that still run after the response to their webhook. */
export const FINISH_WITHIN_MS = 10_000;

interface Handling {
  readonly outcome: 'accepted' | 'duplicate' | 'failed' | 'busy';
  /** Listeners without `mustSucceed`. The outcome does not depend on them. */
  readonly others?: Promise<unknown>;
}

@Injectable()
export class WebhookDeliveries implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger('LiveKitListeners');
  private readonly inFlight = new Map<string, Promise<Handling>>();
  private readonly running = new Set<Promise<boolean>>();

  constructor(
    private readonly listeners: LiveKitListeners,
    private readonly memory: DeliveryStore,
    private readonly events: EventEmitter2,
  ) {}

  /** Calls each listener once for each event. Throws a `ProblemException` (503) if LiveKit has to send the event again. */
  async deliver(event: WebhookEvent): Promise<'accepted' | 'duplicate'> {
    const time = bounded(ANSWER_WITHIN_MS);
    try {
      const joined = this.inFlight.get(event.id);
      const handling = await Promise.race([joined ?? this.begin(event), time.isUp]);
      // The listeners go on. LiveKit's repeat joins them or finds the event handled.
      if (handling === undefined || handling.outcome === 'busy') {
        throw new ProblemException('WEBHOOK_IN_PROGRESS');
      }
      // LiveKit sends the next event of the room after this answer: waiting keeps listener calls in order.
      await Promise.race([handling.others, time.isUp]);
      if (handling.outcome === 'failed') throw new ProblemException('WEBHOOK_LISTENER_FAILED');
      return joined === undefined ? handling.outcome : 'duplicate';
    } finally {
      time.forget();
    }
  }

  /** Providers that listeners use are still open in this phase. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.finish();
  }

  /** Waits for listeners that were called by the last requests. */
  async onApplicationShutdown(): Promise<void> {
    await this.finish();
  }

  private async finish(): Promise<void> {
    const time = bounded(FINISH_WITHIN_MS);
    await Promise.race([Promise.all(this.running), time.isUp]);
    time.forget();
  }

  private begin(event: WebhookEvent): Promise<Handling> {
    const handling = this.handle(event).finally(() => this.inFlight.delete(event.id));
    this.inFlight.set(event.id, handling);
    return handling;
  }

  private async handle(event: WebhookEvent): Promise<Handling> {
    const claim = await this.memory.claim(event.id);
    if (claim.state !== 'claimed') return { outcome: claim.state === 'busy' ? 'busy' : 'duplicate' };
    const due = this.listeners.of(event.event).filter(({ name }) => !claim.done.includes(name));
    const calls = due.map((listener) => ({ ...listener, succeeded: this.call(listener, event) }));
    const others = Promise.all(calls.filter(({ mustSucceed }) => !mustSucceed).map(({ succeeded }) => succeeded));
    const failed = new Set<string>();
    for (const { name, mustSucceed, succeeded } of calls) if (mustSucceed && !(await succeeded)) failed.add(name);
    if (failed.size === 0) {
      await this.memory.handled(event.id);
      return { outcome: 'accepted', others };
    }
    const done = due.map(({ name }) => name).filter((name) => !failed.has(name));
    await this.memory.failed(event.id, [...claim.done, ...done]);
    return { outcome: 'failed', others };
  }

  private call(listener: LiveKitListener, event: LiveKitEvent<'*'>): Promise<boolean> {
    const call = this.attempt(listener, event).finally(() => this.running.delete(call));
    this.running.add(call);
    return call;
  }

  private async attempt({ name, mustSucceed, call }: LiveKitListener, event: LiveKitEvent<'*'>): Promise<boolean> {
    const facts = { listener: name, event: event.event, id: event.id };
    const slow = setTimeout(() => this.logger.warn('A listener is slow and delays events of its room', facts), SLOW_MS);
    try {
      const attributes = { 'livekit.listener': name, 'livekit.event': event.event };
      await inSpan(`listener ${name}`, { attributes }, () => call(event));
      return true;
    } catch (error) {
      this.logger.error('A listener failed', error instanceof Error ? error : String(error), { ...facts, mustSucceed });
      const failure: ListenerFailedEvent = { listener: name, event: event.event, mustSucceed };
      this.events.emit(LISTENER_FAILED, failure);
      return false;
    } finally {
      clearTimeout(slow);
    }
  }
}

/** A timeout to race against. */
function bounded(ms: number): { readonly isUp: Promise<undefined>; readonly forget: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const isUp = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  return { isUp, forget: () => clearTimeout(timer) };
}
