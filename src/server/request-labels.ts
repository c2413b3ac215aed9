/** What metrics and traces tell of a request: nothing that its client chooses freely. */
import type { Request, Response } from 'express';

import type { ErrorFormatRegistry } from '../errors/error-format.registry.js';

/** Node's parser accepts dozens more. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** By OpenTelemetry's conventions for HTTP. */
export const OTHER_METHOD = '_OTHER';
const CLIENT_CLOSED = 'client_closed_request';

export const methodOf = ({ method }: Request): string => (METHODS.has(method) ? method : OTHER_METHOD);

/** The template of the route. Undefined for other paths, which are chosen by clients and would be unbounded. */
export function routeOf({ route, url }: Request, formats: ErrorFormatRegistry): string | undefined {
  const { path } = (route ?? {}) as { readonly path?: unknown };
  if (path !== undefined) return String(path);
  // Some requests fail before routing, for example by their body.
  return formats.of(url.split('?', 1)[0] ?? '')?.path;
}

interface Outcome {
  /** Undefined if the client closed the connection before the response was complete. */
  readonly status: number | undefined;
  /** Undefined unless the request failed. */
  readonly errorType: string | undefined;
}

/** To be called once the response is closed. */
export function outcomeOf({ writableFinished, statusCode }: Response): Outcome {
  if (!writableFinished) return { status: undefined, errorType: CLIENT_CLOSED };
  return { status: statusCode, errorType: statusCode >= 500 ? String(statusCode) : undefined };
}
