import { AsyncLocalStorage } from 'node:async_hooks';

/** Identifies the request that code runs for. */
export interface RequestContext {
  readonly requestId: string;
  /** The client's address, subject to TRUST_PROXY. */
  readonly address: string;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `next` and everything it starts with this context. */
export const runInContext = (context: RequestContext, next: () => void): void => storage.run(context, next);

/** The context of the current request; undefined outside of requests. */
export const currentContext = (): RequestContext | undefined => storage.getStore();
