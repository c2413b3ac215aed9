import { type Context, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';

import { currentTraceContext, runInTrace } from '../logging/request-context.js';

/** Keeps OpenTelemetry's context beside that of the request, instead of in an `AsyncLocalStorage` of its own. */
export class RequestContextManager extends AsyncLocalStorageContextManager {
  override active(): Context {
    return currentTraceContext() ?? ROOT_CONTEXT;
  }

  override with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    work: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return runInTrace(context, () => work.apply(thisArg, args));
  }
}
