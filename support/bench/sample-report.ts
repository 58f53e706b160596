import { outcomeOf } from './outcomes.js';
import type { BenchReport, SyncedStore } from './report.js';

const machine = {
  ...{ system: 'Linux 6.1 x64', processor: 'A processor', cores: 2, memory_bytes: 25e9, load: 0.5, file_system: 'ext4' },
  ...{ node: 'v20.20.2', openssl: '3.0.19' },
};

const store = (key: string, durable: SyncedStore['durable']): SyncedStore => ({
  ...{ key, name: `the ${key}`, settings: 'as it comes', durable },
  counts: { writes: 1, syncs: durable === 'none' ? 0 : 1, directory_syncs: durable === 'full' ? 1 : 0 },
});

export const peers = [store('careless', 'none'), store('hasty', 'no directory'), store('careful', 'full')];

const told = { subject: 'put', requirement: 'one put', of: 'ours', measure: 'time' } as const;

/** A report with what the page shows: figures that are met, missed and without a target, curves, and what was left out. */
export function sampleReport(): BenchReport {
  const against = (key: string, values: readonly number[], most?: number) =>
    outcomeOf(
      { ...told, id: `put/${key}`, against: key, says: `a put, against the ${key} <one>`, ...(most !== undefined && { target: { most } }) },
      values,
    );
  return {
    ...{ schema: 1, quick: true, began: '2026-01-02T03:04:05.678Z', duration_ms: 1234, subjects: ['put', 'scale'], machine },
    versions: { careless: '1.0.0' },
    outcomes: [
      ...[against('careless', [0.4, 0.5, 0.6], 1), against('hasty', [2, 3, 400], 1), against('careful', [0.001, 1, 2])],
      outcomeOf(
        { ...told, id: 'scale/put/ours', subject: 'scale', says: 'its power', measure: 'exponent', target: { most: 0.1 } },
        [0.01, 0.02],
      ),
    ],
    curves: ['ours', 'careful'].map((name, place) => ({
      ...{ id: `scale/put/${name}`, chart: 'scale/put', name, x: 'records' },
      points: [10, 1000, 100_000].map((n) => ({
        n,
        ms: 0.1 * (place + 1) * n ** (0.2 * place),
        low: 0.05 * n ** (0.2 * place),
        high: 0.4 * n ** (0.2 * place),
      })),
    })),
    experiments: [
      {
        ...{ id: 'scale/put', subject: 'scale', title: 'A put by the number of records', how: 'In turns.', duration_ms: 500 },
        plan: { blocks: 10, passes: 2, operations: 5 },
        sides: [{ name: 'ours', ms_per_operation: { median: 0.1, low: 0.05, high: 4000 } }],
      },
    ],
    skipped: [{ id: 'put/large', title: 'A large put', because: 'it takes a minute' }],
    stores: peers,
  };
}
