export type { MetricReading } from '../metrics/derived.metric.js';
export { MetricsModule } from '../metrics/metrics.module.js';
export {
  type Counter,
  type Gauge,
  type Histogram,
  type HistogramOptions,
  type MetricOptions,
  MetricsRegistry,
} from '../metrics/metrics.registry.js';
