import { engineDetails, engineTable, jsonLine, modelDetails, modelLine, modelTable, warningLines } from '../../../src/cli/render.js';
import { differenceLines, sentenceOf, storyOf } from '../../../src/cli/story.js';
import { entryAfterAdd } from '../../../src/core/adding.js';
import { evictionsFor } from '../../../src/core/budget.js';
import { parsedRecord } from '../../../src/core/generation.js';
import { meantBy } from '../../../src/core/meant.js';
import { filePlaces, isManaged, mainFile } from '../../../src/core/model-layout.js';
import { parseModelRef } from '../../../src/core/model-ref.js';
import { matches } from '../../../src/core/query.js';
import { checkedEngine, checkedHolding, checkedModel, type EngineEntry, engineId, type ModelEntry } from '../../../src/core/records.js';
import type { Proposed } from '../../../src/journal/gates.js';
import { familiesOf, ofEntries } from '../../../src/observe/metrics.js';
import { prometheusText } from '../../../src/prometheus/text.js';
import { htmlOf } from '../../../src/report/html.js';
import { reportOf } from '../../../src/report/report.js';
import { type HistoryEntry, memberChanges } from '../../../src/stores/history.js';
import { gatesOf } from '../../../src/stores/journal/policy.js';
import { recordPut } from '../../../src/stores/journal/record-events.js';
import type { FuzzTarget, Seed } from '../target.js';
import { samples } from './index-files.js';

const screen = { isTerminal: true, color: true, columns: 80 };

function asSeeds(records: readonly object[]): () => readonly Seed[] {
  return () => records.map((record, nth) => ({ name: String(nth), bytes: Buffer.from(JSON.stringify(record)) }));
}

function parsedOr(bytes: Buffer): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(bytes.toString()) };
  } catch {
    return undefined;
  }
}

/** A record that was stored is listed, shown, told of, and drawn, whatever somebody wrote into it. */
function showModel(model: ModelEntry): void {
  const beside = { revision: 1, drift: [], leases: [] };
  modelTable([model], screen);
  modelLine(model, screen);
  modelDetails(model, beside, screen);
  warningLines(model, screen);
  jsonLine(model);
  matches(model, { name: '*', label: 'team=x', trust_state: 'warned' });
  filePlaces(model);
  mainFile(model.files ?? []);
  isManaged(model);
  evictionsFor([model], { maxBytes: 0, olderThanMs: 0, keepActive: false }, { nowMs: 0, isLeased: () => false });
  prometheusText(familiesOf(ofEntries([model])));
  meantBy(parseModelRef('hf:org/repo:Q4_0'), [{ ...model, ref: 'hf:org/repo' }]);
  for (const gate of policy) gate.check(proposed(model));
  entryAfterAdd(model, { id: model.id, source: model.source, replace: true }, arrived, new Date(0));
  tellStory('models', model);
}

const policy = gatesOf({ allowed_sources: ['hf:'], digest_required: true, no_code_bearing_formats: true, signature_label: 'toString' });
const arrived = { digest: `sha256:${'a'.repeat(64)}`, files: [], local_path: 'models/a', mode: 'copy' } as const;

function proposed(record: ModelEntry): Proposed {
  const coordinate = { entity: 'model:a', scope: 'catalog' };
  return { coordinate, kind: recordPut, payload: { record: { ...record, state: 'Active' } }, payload_version: 1, entity_version: 0 };
}

function showEngine(engine: EngineEntry): void {
  engineId(engine);
  engineTable([engine], screen);
  engineDetails(engine, 1, screen);
  jsonLine(engine);
  tellStory('engines', engine);
}

function tellStory(collection: 'models' | 'engines', record: ModelEntry | EngineEntry): void {
  const { id } = record;
  const by = { pid: 1, host: 'h', command: 'c' };
  for (const [before, after] of [
    [undefined, record],
    [samples[collection][0], record],
    [record, undefined],
  ] as const) {
    const members = memberChanges(before, after);
    const entry: HistoryEntry = { revision: 1, event_id: 'e', at: '', collection, id, change: 'changed', by, part_of: 'p', members };
    for (const change of ['added', 'changed', 'removed'] as const) storyOf({ ...entry, change }, () => 1);
    sentenceOf(entry);
    differenceLines({ collection, id, change: 'changed', members });
  }
}

const models: FuzzTarget = {
  name: 'records of models',
  seeds: asSeeds(samples.models),
  read: (bytes) => {
    const said = parsedOr(bytes);
    if (said === undefined) return 'no JSON';
    showModel(checkedModel(said.value));
    parsedRecord('models', said.value);
    return undefined;
  },
};

const engines: FuzzTarget = {
  name: 'records of engines',
  seeds: asSeeds(samples.engines),
  read: (bytes) => {
    const said = parsedOr(bytes);
    if (said === undefined) return 'no JSON';
    showEngine(checkedEngine(said.value));
    parsedRecord('engines', said.value);
    return undefined;
  },
};

const holdings: FuzzTarget = {
  name: 'records of what nodes hold',
  seeds: asSeeds(samples.holdings),
  read: (bytes) => {
    const said = parsedOr(bytes);
    if (said === undefined) return 'no JSON';
    jsonLine(checkedHolding(said.value));
    return undefined;
  },
};

const reports: FuzzTarget = {
  name: 'records in a report',
  seeds: asSeeds(samples.models),
  read: (bytes) => {
    const said = parsedOr(bytes);
    if (said === undefined) return 'no JSON';
    const model = checkedModel(said.value);
    htmlOf(reportOf({ models: [model, ...samples.models.slice(1)], engines: samples.engines, now: new Date(0), root: model.id }));
    return undefined;
  },
  weight: 0.5,
};

export const recordTargets: readonly FuzzTarget[] = [models, engines, holdings, reports];
