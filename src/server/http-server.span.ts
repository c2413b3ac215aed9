import { type Context, propagation, ROOT_CONTEXT, trace, type Tracer } from '@opentelemetry/api';
import type { Request, Response as ExpressResponse } from 'express';

import type { ErrorFormatRegistry } from '../errors/error-format.registry.js';
import { type Span, SpanKind, SpanStatusCode } from '../telemetry/tracing.js';

import { methodOf, outcomeOf, routeOf } from './request-labels.js';

declare module 'express-serve-static-core' {
  interface Response {
    /** Of the request, if it is exported. */
    span?: Span;
  }
}

/**
 * Starts the server span of a request, which continues the trace of its caller (W3C Trace Context), and returns the context with that
 * span. Neither the path nor the query is recorded: both may hold names and tokens.
 */
export type StartServerSpan = (request: Request, response: ExpressResponse) => Context;

export function serverSpans(tracer: Tracer, formats: ErrorFormatRegistry): StartServerSpan {
  // One function for all responses: a closure for each would keep its request alive.
  function closed(this: ExpressResponse): void {
    end(this, formats);
  }
  return (request, response) => {
    const { headers } = request;
    const caller = headers['traceparent'] === undefined ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, headers);
    const span = tracer.startSpan(request.method, { kind: SpanKind.SERVER }, caller);
    if (span.isRecording()) {
      response.span = span;
      response.on('close', closed);
    }
    return trace.setSpan(caller, span);
  };
}

function end(response: ExpressResponse, formats: ErrorFormatRegistry): void {
  const { span, req } = response;
  if (span === undefined) return;
  const method = methodOf(req);
  const route = routeOf(req, formats);
  const { status, errorType } = outcomeOf(response);
  span.updateName(route === undefined ? method : `${method} ${route}`);
  span.setAttributes({
    'http.request.method': method,
    'url.scheme': req.protocol,
    ...(route !== undefined && { 'http.route': route }),
    ...(status !== undefined && { 'http.response.status_code': status }),
    ...(errorType !== undefined && { 'error.type': errorType }),
  });
  if (errorType !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
