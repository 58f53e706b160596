import type { Registry } from 'prom-client';
import type { CatalogMetrics } from '../observe/catalog-metrics.js';
import { durationBuckets, type MetricFamily, type MetricName, metrics } from '../observe/metrics.js';

interface PromValue {
  readonly value: number;
  readonly labels: object;
  readonly metricName?: string;
}

/** Tells a registry of prom-client (15 or later) of all metrics, which it asks for whenever it is asked. */
export function registerMetrics(registry: Registry, all: CatalogMetrics): void {
  const families = whilePending(() => all.families());
  for (const name of Object.keys(metrics) as MetricName[]) {
    const { type, help, labels } = metrics[name];
    const get = async () => ({
      name,
      type,
      help,
      aggregator: 'sum',
      values: valuesOf((await families()).find((family) => family.name === name)),
    });
    registry.registerMetric({ name, type, help, aggregator: 'sum', labelNames: [...labels], get, reset: () => {} } as never);
  }
}

/** Asks once for all who ask until there is an answer: prom-client asks each metric of a scrape at the same moment. */
function whilePending<T>(ask: () => Promise<T>): () => Promise<T> {
  let pending: Promise<T> | undefined;
  return () => {
    pending ??= ask().finally(() => {
      pending = undefined;
    });
    return pending;
  };
}

function valuesOf(family: MetricFamily | undefined): readonly PromValue[] {
  if (family === undefined) return [];
  if (family.type !== 'histogram') return family.samples;
  const { name } = family;
  return family.samples.flatMap(({ labels, counts, count, sum }) => [
    ...[...durationBuckets, '+Inf'].map((le, nth) => ({
      labels: { le, ...labels },
      value: counts[nth] ?? count,
      metricName: `${name}_bucket`,
    })),
    { labels, value: sum, metricName: `${name}_sum` },
    { labels, value: count, metricName: `${name}_count` },
  ]);
}
