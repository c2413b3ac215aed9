import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export type { Counter, Gauge, Histogram } from 'prom-client';

export const METRICS_CONTENT_TYPE: string = Registry.PROMETHEUS_CONTENT_TYPE;

/** Name, help text and labels of a metric. */
export interface MetricOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  /** Values must not come from clients: each value takes memory for the life of the process. */
  readonly labels: readonly Label[];
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
    { name, help, labels }: MetricOptions<Label>,
    buckets: readonly number[],
    collect?: () => void,
  ): Histogram<Label> {
    return new Histogram({
      name,
      help,
      labelNames: labels,
      buckets: [...buckets],
      registers: [this.registry],
      ...(collect && { collect }),
    });
  }

  /** All metrics in Prometheus's text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }
}
