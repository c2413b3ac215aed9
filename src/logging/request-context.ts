/** What is known about the request being answered, for whatever runs on its behalf: its id, and the facts for the audit. */
import { AsyncLocalStorage } from 'node:async_hooks';

/** What a decision's audit says about its request; each part fills in what it finds out. */
export interface AuditFacts {
  /** Who asks, as `issuer subject`, or `anonymous`. */
  caller?: string;
  room?: string;
  identity?: string;
  /** The rule of JOIN_RULES_FILE that was met, counted from 1. */
  rule?: number;
  /** The policy that refused. */
  policy?: string;
}

export interface RequestContext {
  readonly requestId: string;
  /** The client's address, as TRUST_PROXY lets us see it. */
  readonly address: string;
  readonly audit: AuditFacts;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `next` and everything it starts with this context. */
export const runInContext = (context: RequestContext, next: () => void): void => storage.run(context, next);

/** The context of the request on whose behalf this code runs; undefined outside of requests. */
export const currentContext = (): RequestContext | undefined => storage.getStore();
