/** How long requests take, by the template of their route; on the way of every request, so it does as little as it can. */
import { Injectable } from '@nestjs/common';
import type { Request, RequestHandler, Response as ExpressResponse } from 'express';

import { ErrorFormatRegistry } from '../errors/error-format.registry.js';

import { DurationSeries } from './duration.series.js';
import { type Histogram, MetricsRegistry } from './metrics.registry.js';

/** Seconds: a token takes about a millisecond, and an issuer that does not answer some seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Node's parser knows dozens, and whoever asks chooses among them. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** What nginx writes where the client went away before it was answered. */
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
  private readonly series = new Map<string, DurationSeries>();
  /** To be the first of all, so that nothing is left out. */
  readonly middleware: RequestHandler;

  constructor(
    metrics: MetricsRegistry,
    private readonly formats: ErrorFormatRegistry,
  ) {
    this.durations = metrics.histogram(
      {
        name: 'http_request_duration_seconds',
        help: 'Time from the head of a request to the end of its answer, by route template',
        labels: ['method', 'route', 'status'],
      },
      BUCKETS,
      () => this.series.forEach((series) => series.flush()),
    );
    this.middleware = this.timing();
  }

  private timing(): RequestHandler {
    const observe = (response: ExpressResponse): void => this.observe(response);
    // One function for all responses: a closure for each, which holds on to its request, can make V8 take all requests for
    // long-lived, which costs a fifth of the processor time and doubles the memory.
    function closed(this: ExpressResponse): void {
      observe(this);
    }
    return (_request, response: ExpressResponse, next) => {
      response.startedAt = performance.now();
      // Not `finish`, which does not come where the client goes away.
      response.on('close', closed);
      next();
    };
  }

  private observe(response: ExpressResponse): void {
    const seconds = (performance.now() - (response.startedAt ?? 0)) / 1000;
    const status = response.writableFinished ? response.statusCode : CLIENT_CLOSED_REQUEST;
    this.seriesOf(response.req.method, this.routeOf(response.req), status).add(seconds);
  }

  private routeOf({ route, url }: Request): string {
    const { path } = (route ?? {}) as { readonly path?: unknown };
    if (path !== undefined) return String(path);
    // Some failures come before routing, such as those of a body. Not `request.path`, which throws for some addresses, and
    // what is thrown in here stops the process. Whatever else was asked for is the client's choice.
    return this.formats.of(url.split('?', 1)[0] ?? '')?.path ?? 'none';
  }

  private seriesOf(method: string, route: string, status: number): DurationSeries {
    const known = METHODS.has(method) ? method : 'other';
    const key = `${known} ${status} ${route}`;
    let series = this.series.get(key);
    if (series === undefined) {
      series = new DurationSeries(this.durations.labels(known, route, String(status)));
      this.series.set(key, series);
    }
    return series;
  }
}
