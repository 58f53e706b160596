/** `catalog-core/prometheus`: the metrics of catalogs as a page for Prometheus, or in a registry of prom-client. */
export { CatalogMetrics, type Counted } from '../observe/catalog-metrics.js';
export {
  durationBuckets,
  type HistogramSample,
  type MetricFamily,
  type MetricLabels,
  type MetricName,
  type Sample,
} from '../observe/metrics.js';
export { registerMetrics } from './registering.js';
export { prometheusContentType, prometheusText } from './text.js';
