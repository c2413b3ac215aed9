import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, type OpenMetricsContentType, Registry } from 'prom-client';

import { DerivedMetric, type MetricReading } from './derived.metric.js';

export type { Counter, Gauge, Histogram } from 'prom-client';

export const METRICS_CONTENT_TYPE: string = Registry.PROMETHEUS_CONTENT_TYPE;
export const OPEN_METRICS_CONTENT_TYPE: string = Registry.OPENMETRICS_CONTENT_TYPE;

/** Name, help text and labels of a metric. */
export interface MetricOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  /** Values must not come from clients: each value takes memory for the life of the process. */
  readonly labels: readonly Label[];
}

export interface HistogramOptions<Label extends string> extends MetricOptions<Label> {
  /** Exemplars are given to `observe({ labels, value, exemplarLabels })`, and written in the OpenMetrics format. */
  readonly exemplars?: boolean;
}

/** The metrics of `GET /metrics`. Injected by importing `MetricsModule`. */
@Injectable()
export class MetricsRegistry {
  /** prom-client's global registry would be shared by all applications of a process. */
  private readonly registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /**
   * Registers a counter. Its name ends on `_total`. Throws if the name is taken.
   *
   * @example
   * const opened = metrics.counter({ name: 'bookings_opened_total', help: 'Bookings opened', labels: ['reason'] });
   * opened.inc({ reason: 'web' });
   */
  counter<Label extends string>({ name, help, labels }: MetricOptions<Label>): Counter<Label> {
    return new Counter({ name, help, labelNames: labels, registers: [this.registry] });
  }

  /** Registers a gauge. `collect` sets it whenever the metrics are read. Throws if the name is taken. */
  gauge<Label extends string>(
    { name, help, labels }: MetricOptions<Label>,
    collect?: (gauge: Gauge<Label>) => void | Promise<void>,
  ): Gauge<Label> {
    const gauge: Gauge<Label> = new Gauge({
      name,
      help,
      labelNames: labels,
      registers: [this.registry],
      ...(collect && { collect: () => collect(gauge) }),
    });
    return gauge;
  }

  /**
   * Registers a histogram. `buckets` are upper bounds, ascending, in the unit of the name, such as seconds. `collect` runs before the
   * metrics are read. Throws if the name is taken.
   */
  histogram<Label extends string>(
    { name, help, labels, exemplars = false }: HistogramOptions<Label>,
    buckets: readonly number[],
    collect?: () => void,
  ): Histogram<Label> {
    const histogram = new Histogram({
      name,
      help,
      labelNames: labels,
      buckets: [...buckets],
      // The constructor does not take a registry of Prometheus's text format if there are exemplars, which that format leaves out.
      registers: [],
      enableExemplars: exemplars,
      ...(collect && { collect }),
    });
    this.registry.registerMetric(histogram);
    return histogram;
  }

  /** Registers a metric that is made of others whenever the metrics are read. Throws if the name is taken. */
  derived(name: string, read: () => Promise<MetricReading>): void {
    this.registry.registerMetric(new DerivedMetric(name, read));
  }

  /** All metrics in the OpenMetrics format, with exemplars. */
  async openMetricsText(): Promise<string> {
    // prom-client renames counters when it writes this format, so it gets copies.
    const copies = new Registry<OpenMetricsContentType>();
    copies.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    for (const metric of await this.registry.getMetricsAsJSON()) {
      // The format adds `_total` to samples of counters. The declared type of `type` is a number, which it is not.
      const name = String(metric.type) === 'counter' ? metric.name.replace(/_total$/, '') : metric.name;
      copies.registerMetric(new DerivedMetric(name, () => Promise.resolve({ ...metric, name })));
    }
    return copies.metrics();
  }

  /** All metrics in Prometheus's text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }
}
