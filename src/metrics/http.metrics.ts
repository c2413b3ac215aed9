/** Measures how long requests take, by route template. */
import { Injectable } from '@nestjs/common';
import type { Request, RequestHandler, Response as ExpressResponse } from 'express';

import { ErrorFormatRegistry } from '../errors/error-format.registry.js';

import { type Histogram, MetricsRegistry } from './metrics.registry.js';

/** Seconds. A token takes about 1 ms; a request that waits for an unreachable issuer takes seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Node's parser accepts dozens more, and clients choose the method. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** The status that nginx logs if the client closed the connection before the response was complete. */
const CLIENT_CLOSED_REQUEST = 499;

declare module 'express-serve-static-core' {
  interface Response {
    /** When the request arrived, by `performance.now()`. */
    startedAt?: number;
  }
}

@Injectable()
export class HttpMetrics {
  private readonly durations: Histogram<'method' | 'route' | 'status'>;
  /** Must be the first middleware. */
  readonly middleware: RequestHandler;

  constructor(
    metrics: MetricsRegistry,
    private readonly formats: ErrorFormatRegistry,
  ) {
    this.durations = metrics.histogram(
      {
        name: 'http_request_duration_seconds',
        help: 'Time from the head of a request to the end of its response, by route template',
        labels: ['method', 'route', 'status'],
      },
      BUCKETS,
    );
    this.middleware = this.timing();
  }

  private timing(): RequestHandler {
    const observe = (response: ExpressResponse): void => this.observe(response);
    // One function for all responses: a closure for each would keep its request alive, and memory would double under load.
    function closed(this: ExpressResponse): void {
      observe(this);
    }
    return (_request, response: ExpressResponse, next) => {
      response.startedAt = performance.now();
      // Not `finish`, which is not emitted if the client closes the connection.
      response.on('close', closed);
      next();
    };
  }

  private observe(response: ExpressResponse): void {
    const seconds = (performance.now() - (response.startedAt ?? 0)) / 1000;
    const status = response.writableFinished ? response.statusCode : CLIENT_CLOSED_REQUEST;
    const method = METHODS.has(response.req.method) ? response.req.method : 'other';
    this.durations.observe({ method, route: this.routeOf(response.req), status: String(status) }, seconds);
  }

  private routeOf({ route, url }: Request): string {
    const { path } = (route ?? {}) as { readonly path?: unknown };
    if (path !== undefined) return String(path);
    // Some requests fail before routing, for example by their body. Other paths are chosen by clients and would be unbounded.
    return this.formats.of(url.split('?', 1)[0] ?? '')?.path ?? 'none';
  }
}
