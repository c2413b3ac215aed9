import { Gauge, type MetricObjectWithValues, type MetricValue } from 'prom-client';

/** What a metric has to tell when it is read. */
export type MetricReading = MetricObjectWithValues<MetricValue<string>>;

/** A metric of any type that is made of another one whenever it is read. */
export class DerivedMetric extends Gauge<string> {
  constructor(
    name: string,
    private readonly read: () => Promise<MetricReading>,
  ) {
    super({ name, help: name, registers: [] });
  }

  override get(): Promise<MetricReading> {
    return this.read();
  }
}
