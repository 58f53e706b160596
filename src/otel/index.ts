import type { BatchObservableResult, Counter, Histogram, Meter, ObservableGauge } from '@opentelemetry/api';
import type { Counted } from '../observe/catalog-metrics.js';
import { durationBuckets, type MetricName, metrics, type Observation, ofEntries, ofOperation, ofVerification } from '../observe/metrics.js';
import { onOperation, onVerification } from '../observe/subscribing.js';

/** `catalog-core/otel`: the metrics of catalogs through the API of OpenTelemetry. */

/**
 * Tells a meter what all catalogs of this process do, as it happens, and what one of them holds, whenever it is asked; gives what ends that.
 * The names are those of CAT-OBS-6102.
 */
export function observeCatalogs(meter: Meter, catalog?: Counted): () => void {
  const instruments = new Map<MetricName, Counter | Histogram>();
  const names = Object.keys(metrics) as MetricName[];
  for (const name of names) {
    const { type, help: description } = metrics[name];
    if (type === 'counter') instruments.set(name, meter.createCounter(name, { description }));
    if (type === 'histogram')
      instruments.set(
        name,
        meter.createHistogram(name, { description, unit: 's', advice: { explicitBucketBoundaries: [...durationBuckets] } }),
      );
  }
  const tell = (all: readonly Observation[]): void => {
    for (const { name, labels, value } of all) {
      const instrument = instruments.get(name);
      if (instrument === undefined) continue;
      if ('add' in instrument) instrument.add(value, { ...labels });
      else instrument.record(value, { ...labels });
    }
  };
  const ends = [onOperation((event) => tell(ofOperation(event))), onVerification((event) => tell(ofVerification(event)))];
  if (catalog !== undefined) ends.push(observingHeld(meter, catalog));
  return () => {
    for (const end of ends) end();
  };
}

function observingHeld(meter: Meter, catalog: Counted): () => void {
  const gauges = new Map(
    (Object.keys(metrics) as MetricName[])
      .filter((name) => metrics[name].type === 'gauge')
      .map((name) => [name, meter.createObservableGauge(name, { description: metrics[name].help })]),
  );
  const observe = async (result: BatchObservableResult): Promise<void> => {
    for (const { name, labels, value } of ofEntries(await catalog.list())) {
      const gauge = gauges.get(name);
      if (gauge !== undefined) result.observe(gauge, value, { ...labels });
    }
  };
  const all: ObservableGauge[] = [...gauges.values()];
  meter.addBatchObservableCallback(observe, all);
  return () => meter.removeBatchObservableCallback(observe, all);
}
