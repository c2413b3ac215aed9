import { AsyncLocalStorage } from 'node:async_hooks';

import type { Context } from '@opentelemetry/api';

/** Identifies the request that code runs for. */
export interface RequestContext {
  readonly requestId: string;
  /** The client's address, subject to TRUST_PROXY. */
  readonly address: string;
}

interface Stored {
  readonly request: RequestContext | undefined;
  readonly trace: Context | undefined;
}

/** One for both: each further one costs time for every request and, on Node 20, for every promise. */
const storage = new AsyncLocalStorage<Stored>();

/** Runs `next` and everything it starts with this context, and in this context of OpenTelemetry, if traces are exported. */
export const runInContext = (request: RequestContext, next: () => void, trace?: Context): void =>
  storage.run({ request, trace }, next);

/** The context of the current request; undefined outside of requests. */
export const currentContext = (): RequestContext | undefined => storage.getStore()?.request;

/** Runs `work` and everything it starts in this context of OpenTelemetry, for the same request. */
export const runInTrace = <T>(trace: Context, work: () => T): T =>
  storage.run({ request: currentContext(), trace }, work);

/** OpenTelemetry's context of the current code; undefined outside of traces. */
export const currentTraceContext = (): Context | undefined => storage.getStore()?.trace;
