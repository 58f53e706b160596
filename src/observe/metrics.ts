import type { ErrorCode } from '../core/errors.js';
import type { LifecycleState, ModelEntry, TrustState } from '../core/records.js';
import type { FailureReason, VerificationOutcome } from '../core/verification.js';
import type { OperationEvent, OperationKind, VerificationEvent } from './channels.js';

/** The labels of each metric (CAT-OBS-6102): each from a closed list, so that their number is bounded whatever is catalogued. */
export interface MetricLabels {
  catalog_models_total: { readonly state: LifecycleState };
  catalog_models_trust_total: { readonly trust_state: TrustState };
  catalog_entries_total: Readonly<Record<never, string>>;
  catalog_operations_total: { readonly operation: OperationKind };
  catalog_operation_failures_total: { readonly operation: OperationKind; readonly code: ErrorCode | 'none' };
  catalog_operation_duration_seconds: { readonly operation: OperationKind };
  catalog_verifications_total: { readonly result: VerificationOutcome['kind']; readonly reason: FailureReason | 'none' };
  catalog_verification_total: { readonly outcome: 'success' | 'failure' };
  catalog_verification_duration_seconds: { readonly result: VerificationOutcome['kind'] };
  catalog_verified_bytes_total: Readonly<Record<never, string>>;
}
/** A metric of CAT-OBS-6102. */
export type MetricName = keyof MetricLabels;

interface Described<N extends MetricName> {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** The names of its labels, in their order. */
  readonly labels: readonly (keyof MetricLabels[N])[];
}

export const metrics: { readonly [N in MetricName]: Described<N> } = {
  catalog_models_total: { type: 'gauge', help: 'Models in the catalog, by state.', labels: ['state'] },
  catalog_models_trust_total: { type: 'gauge', help: 'Models in the catalog, by whether they are trusted.', labels: ['trust_state'] },
  catalog_entries_total: { type: 'gauge', help: 'Models in the catalog.', labels: [] },
  catalog_operations_total: { type: 'counter', help: 'Operations that have ended, failed ones too.', labels: ['operation'] },
  catalog_operation_failures_total: {
    ...{ type: 'counter', help: 'Operations that failed, by the code of their error.' },
    labels: ['operation', 'code'],
  },
  catalog_operation_duration_seconds: { type: 'histogram', help: 'How long operations took.', labels: ['operation'] },
  catalog_verifications_total: {
    ...{ type: 'counter', help: 'Verifications of models, by what they found and why.' },
    labels: ['result', 'reason'],
  },
  catalog_verification_total: {
    ...{ type: 'counter', help: 'Verifications of models, by whether the bytes are those that they should be.' },
    labels: ['outcome'],
  },
  catalog_verification_duration_seconds: { type: 'histogram', help: 'How long verifications took.', labels: ['result'] },
  catalog_verified_bytes_total: { type: 'counter', help: 'Bytes that were read to verify them.', labels: [] },
};

/** The upper ends of the classes of a histogram, in seconds. */
export const durationBuckets = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60, 300, 1800] as const;

/** One value of a metric, with its labels. */
export interface Sample<N extends MetricName = MetricName> {
  readonly labels: MetricLabels[N];
  readonly value: number;
}

/** How many were not above each of `durationBuckets`, how many there were, and their sum. */
export interface HistogramSample<N extends MetricName = MetricName> {
  readonly labels: MetricLabels[N];
  readonly counts: readonly number[];
  readonly count: number;
  readonly sum: number;
}

/** One metric, with all that it says now. */
export type MetricFamily =
  | { readonly name: MetricName; readonly type: 'counter' | 'gauge'; readonly help: string; readonly samples: readonly Sample[] }
  | { readonly name: MetricName; readonly type: 'histogram'; readonly help: string; readonly samples: readonly HistogramSample[] };

/** What an event adds to which metric. */
export interface Observation<N extends MetricName = MetricName> {
  readonly name: N;
  readonly labels: MetricLabels[N];
  readonly value: number;
}

const observed = <N extends MetricName>(name: N, labels: MetricLabels[N], value: number): Observation => ({ name, labels, value });

/** What an operation adds. One that only looks adds nothing. */
export function ofOperation({ kind: operation, outcome, code, duration_ms }: OperationEvent): readonly Observation[] {
  if (operation === undefined) return [];
  return [
    observed('catalog_operations_total', { operation }, 1),
    observed('catalog_operation_duration_seconds', { operation }, duration_ms / 1000),
    ...(outcome === 'failure' ? [observed('catalog_operation_failures_total', { operation, code: code ?? 'none' }, 1)] : []),
  ];
}

export function ofVerification({ result, reason, bytes, duration_ms }: VerificationEvent): readonly Observation[] {
  return [
    observed('catalog_verifications_total', { result, reason: reason ?? 'none' }, 1),
    observed('catalog_verification_total', { outcome: result === 'fail' ? 'failure' : 'success' }, 1),
    observed('catalog_verification_duration_seconds', { result }, duration_ms / 1000),
    observed('catalog_verified_bytes_total', {}, bytes),
  ];
}

const states: readonly LifecycleState[] = ['Pending', 'Active', 'Retired', 'Failed'];
const trustStates: readonly TrustState[] = ['unverified', 'warned', 'verified'];

/** What a catalog holds. A state that no model has is told as 0. */
export function ofEntries(entries: readonly Pick<ModelEntry, 'state' | 'trust_state'>[]): readonly Observation[] {
  const [inState, inTrustState] = [noneOf(states), noneOf(trustStates)];
  for (const { state, trust_state } of entries) {
    addOne(inState, state);
    addOne(inTrustState, trust_state);
  }
  return [
    observed('catalog_entries_total', {}, entries.length),
    ...Array.from(inState, ([state, count]) => observed('catalog_models_total', { state }, count)),
    ...Array.from(inTrustState, ([trust_state, count]) => observed('catalog_models_trust_total', { trust_state }, count)),
  ];
}

const noneOf = <K>(keys: readonly K[]): Map<K, number> => new Map(keys.map((key) => [key, 0]));
const addOne = <K>(counts: Map<K, number>, key: K): unknown => counts.set(key, (counts.get(key) ?? 0) + 1);

/** Families of observations, in the order of the table; those without one are left out. */
export function familiesOf(all: Iterable<Observation | HistogramObservation>): readonly MetricFamily[] {
  const samples = new Map<MetricName, unknown[]>();
  for (const { name, ...sample } of all) {
    const found = samples.get(name);
    if (found === undefined) samples.set(name, [sample]);
    else found.push(sample);
  }
  return (Object.keys(metrics) as MetricName[]).flatMap((name) => {
    const found = samples.get(name);
    const { type, help } = metrics[name];
    return found === undefined ? [] : [{ name, type, help, samples: found } as MetricFamily];
  });
}

type HistogramObservation = HistogramSample & { readonly name: MetricName };

/** A sum for each set of labels. */
export class Totals {
  readonly #sums = new Map<string, Observation>();
  readonly #histograms = new Map<string, HistogramObservation>();

  add(all: readonly Observation[]): void {
    for (const one of all) {
      const key = JSON.stringify([one.name, ...Object.entries(one.labels).sort()]);
      if (metrics[one.name].type === 'histogram') this.#histograms.set(key, withOne(this.#histograms.get(key), one));
      else this.#sums.set(key, { ...one, value: (this.#sums.get(key)?.value ?? 0) + one.value });
    }
  }

  get all(): readonly (Observation | HistogramObservation)[] {
    return [...this.#sums.values(), ...this.#histograms.values()];
  }
}

function withOne(before: HistogramObservation | undefined, { name, labels, value }: Observation): HistogramObservation {
  const counts = durationBuckets.map((most, nth) => (before?.counts[nth] ?? 0) + Number(value <= most));
  return { name, labels, counts, count: (before?.count ?? 0) + 1, sum: (before?.sum ?? 0) + value };
}
