/** Measures how long requests take, by route template. */
import { Injectable } from '@nestjs/common';
import type { RequestHandler, Response as ExpressResponse } from 'express';

import { ErrorFormatRegistry } from '../errors/error-format.registry.js';
import { methodOf, OTHER_METHOD, outcomeOf, routeOf } from '../server/request-labels.js';
import { activeTracer, type Span } from '../telemetry/tracing.js';

import type { MetricReading } from './derived.metric.js';
import { type Histogram, MetricsRegistry } from './metrics.registry.js';

/** Seconds. A token takes about 1 ms; a request that waits for an unreachable issuer takes seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** By OpenTelemetry's conventions. */
const NAME = 'http_server_request_duration_seconds';
const HELP = 'Time from the head of a request to the end of its response, by route template';

/** Deprecated, for one release. */
const OLD_NAME = 'http_request_duration_seconds';

/** Of the deprecated metric: what nginx logs if the client closed the connection before the response was complete. */
const CLIENT_CLOSED_REQUEST = '499';

type Label = 'http_request_method' | 'http_route' | 'http_response_status_code' | 'error_type';

declare module 'express-serve-static-core' {
  interface Response {
    /** When the request arrived, by `performance.now()`. */
    startedAt?: number;
  }
}

@Injectable()
export class HttpMetrics {
  private readonly durations: Histogram<Label>;
  private readonly hasExemplars = activeTracer() !== undefined;
  /** Must be the first middleware. */
  readonly middleware: RequestHandler;

  constructor(
    metrics: MetricsRegistry,
    private readonly formats: ErrorFormatRegistry,
  ) {
    const labels: Label[] = ['http_request_method', 'http_route', 'http_response_status_code', 'error_type'];
    this.durations = metrics.histogram({ name: NAME, help: HELP, labels, exemplars: this.hasExemplars }, BUCKETS);
    metrics.derived(OLD_NAME, async () => withOldNames(await this.durations.get()));
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
    const value = (performance.now() - (response.startedAt ?? 0)) / 1000;
    const route = routeOf(response.req, this.formats);
    const { status, errorType } = outcomeOf(response);
    const labels: LabelValues = { http_request_method: methodOf(response.req) };
    if (route !== undefined) labels.http_route = route;
    if (status !== undefined) labels.http_response_status_code = String(status);
    if (errorType !== undefined) labels.error_type = errorType;
    if (!this.hasExemplars) this.durations.observe(labels, value);
    else this.durations.observe({ labels, value, exemplarLabels: exemplarOf(response.span) });
  }
}

type LabelValues = Partial<Record<Label, string>>;

function exemplarOf(span: Span | undefined): Record<string, string> {
  if (span === undefined) return {};
  const { traceId, spanId } = span.spanContext();
  return { trace_id: traceId, span_id: spanId };
}

/** The deprecated metric is made when it is read: to observe it, too, would double the cost for each request. */
function withOldNames(reading: MetricReading): MetricReading {
  const values = reading.values.map(({ labels, ...sample }) => {
    const { http_request_method: method, http_route: route, http_response_status_code: status, le } = labels;
    return {
      ...sample,
      ...('metricName' in sample && { metricName: String(sample.metricName).replace(NAME, OLD_NAME) }),
      exemplar: undefined,
      labels: {
        ...(le !== undefined && { le }),
        method: method === OTHER_METHOD ? 'other' : method,
        route: route ?? 'none',
        status: status ?? CLIENT_CLOSED_REQUEST,
      },
    };
  });
  return { ...reading, name: OLD_NAME, help: `Deprecated: ${NAME}`, values };
}
