import { compareUtf8 } from '../core/ids.js';
import { type EngineEntry, type LifecycleState, lifecycleStates, type ModelEntry, type TrustState, trustStates } from '../core/records.js';
import { redactUrl } from '../core/redact.js';
import type { Drift } from '../drift.js';
import type { UsageReport } from '../usage.js';
import { type Growth, type GrowthPoint, grownByRegistration } from './growth.js';
import {
  bytesByTool,
  contentsOf,
  type DuplicateContent,
  duplicatesIn,
  freedByRemoval,
  type Holdings,
  holdingsOf,
  type SharedContent,
  sharedIn,
  whereaboutsOf,
} from './holdings.js';
import { isGood, type Standing, standingOf, standings, worstDrifts } from './standing.js';

/** Some of the models: how many, and their sizes, each counted whole. */
export interface Share<Name extends string = string> {
  readonly name: Name;
  readonly models: number;
  readonly bytes: number;
}

/** How long ago a model was verified, counted in days of 24 hours; not for what failed, or drifted since. */
export type VerifiedAge = 'within_7_days' | 'within_30_days' | 'within_90_days' | 'earlier' | 'never' | 'not_good';

export interface ReportedModel {
  readonly id: string;
  readonly name: string;
  /** Without what could be a credential (CAT-SEC-6004). */
  readonly source: string;
  readonly state: LifecycleState;
  readonly trust_state: TrustState;
  readonly standing: Standing;
  readonly bytes?: number;
  readonly files: number;
  /** `catalog`, the tool that it was adopted from, or `reference`; not for one without bytes. */
  readonly whereabouts?: string;
  /** What removing it alone would free. */
  readonly freed_bytes: number;
  readonly pinned: boolean;
  readonly format?: string;
  readonly architecture?: string;
  readonly parameters?: number;
  readonly quantization?: string;
  readonly code_bearing: boolean;
  readonly warnings: readonly string[];
  readonly registered_at: string;
  /** Whatever was found then. */
  readonly last_verified_at?: string;
}

export interface ReportedEngine {
  readonly id: string;
  readonly engine: string;
  readonly version: string;
  readonly build_ref?: string;
  readonly artifacts: number;
  readonly created_at: string;
}

/** CAT-CLI-6205: what a catalog holds, as `catalog report` shows it. */
export interface CatalogReport {
  /** ISO 8601, UTC. */
  readonly made_at: string;
  readonly root?: string;
  readonly totals: {
    readonly models: number;
    readonly engines: number;
    /** The sizes of the models, each counted whole. */
    readonly bytes: number;
    /** Models whose size nobody knows yet. */
    readonly unsized: number;
  };
  /** What was found on the disk; not for a store that cannot tell. */
  readonly usage?: UsageReport;
  /** What the records say. */
  readonly holdings: Holdings;
  readonly states: readonly Share<LifecycleState>[];
  readonly trust: readonly Share<Standing>[];
  readonly verified: readonly Share<VerifiedAge>[];
  /** By the tool that they were adopted from; bytes that several models share count once. The largest first. */
  readonly tools: readonly Share[];
  readonly shared: readonly SharedContent[];
  readonly duplicates: readonly DuplicateContent[];
  /** The largest first, those of unknown size last. */
  readonly models: readonly ReportedModel[];
  readonly engines: readonly ReportedEngine[];
  readonly growth: Growth;
}

export interface ReportInput {
  readonly models: readonly ModelEntry[];
  readonly engines: readonly EngineEntry[];
  readonly now: Date;
  readonly root?: string | undefined;
  readonly usage?: UsageReport | undefined;
  /** The files that are not as they were when they were verified. */
  readonly drift?: readonly Drift[] | undefined;
  /** What `grownThrough` a history gave, where there is one. */
  readonly history?: readonly GrowthPoint[] | undefined;
}

const dayMs = 86_400_000;
const ages: readonly (readonly [VerifiedAge, number])[] = [
  ['within_7_days', 7 * dayMs],
  ['within_30_days', 30 * dayMs],
  ['within_90_days', 90 * dayMs],
  ['earlier', Number.POSITIVE_INFINITY],
];

/** The same records, measures and moment give the same report. */
export function reportOf({ models, engines, now, root, usage, drift = [], history }: ReportInput): CatalogReport {
  const contents = contentsOf(models, engines);
  const freed = freedByRemoval(contents);
  const drifted = worstDrifts(drift);
  const standing = new Map(models.map((model) => [model, standingOf(model, drifted.get(model.id))] as const));
  const standsAs = (model: ModelEntry): Standing => standing.get(model) ?? model.trust_state;
  const sized = models.filter(({ bytes }) => bytes !== undefined);
  return {
    made_at: now.toISOString(),
    ...(root !== undefined && { root }),
    totals: { models: models.length, engines: engines.length, bytes: sumOf(models), unsized: models.length - sized.length },
    ...(usage !== undefined && { usage }),
    holdings: holdingsOf(contents),
    states: lifecycleStates.map((name) =>
      shareOf(
        name,
        models.filter(({ state }) => state === name),
      ),
    ),
    trust: standings.map((name) =>
      shareOf(
        name,
        models.filter((model) => standsAs(model) === name),
      ),
    ),
    verified: verifiedAges(models, (model) => (isGood(standsAs(model)) ? ageOf(model, now) : 'not_good')),
    tools: toolsOf(models, bytesByTool(contents)),
    shared: sharedIn(contents),
    duplicates: duplicatesIn(contents),
    models: models.map((model) => reported(model, { standing: standsAs(model), freed_bytes: freed.get(model.id) ?? 0 })).sort(largestFirst),
    engines: engines.map(reportedEngine).sort((a, b) => compareUtf8(a.id, b.id)),
    growth: growthTo({ models, now, history }),
  };
}

/** What there is now ends the line, whatever was told before: payloads may have been dropped, and clocks set. */
function growthTo({ models, now, history }: Pick<ReportInput, 'models' | 'now' | 'history'>): Growth {
  const past = history ?? grownByRegistration(models);
  const trust = Object.fromEntries(trustStates.map((name) => [name, models.filter(({ trust_state }) => trust_state === name).length]));
  const today = {
    at: [now.toISOString(), past.at(-1)?.at ?? ''].sort().at(-1) ?? '',
    models: models.length,
    bytes: sumOf(models),
    ...(history && { trust: trust as Record<TrustState, number> }),
  };
  return { from: history ? 'journal' : 'registered_at', points: [...past, today] };
}

function shareOf<Name extends string>(name: Name, models: readonly ModelEntry[]): Share<Name> {
  return { name, models: models.length, bytes: sumOf(models) };
}

function sumOf(models: readonly ModelEntry[]): number {
  return models.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
}

function verifiedAges(models: readonly ModelEntry[], ageIn: (model: ModelEntry) => VerifiedAge): Share<VerifiedAge>[] {
  const names = [...ages.map(([name]) => name), 'never' as const, 'not_good' as const];
  return names.map((name) =>
    shareOf(
      name,
      models.filter((model) => ageIn(model) === name),
    ),
  );
}

function ageOf(model: ModelEntry, now: Date): VerifiedAge {
  const verified = lastVerifiedMs(model);
  if (verified === undefined) return 'never';
  return ages.find(([, limit]) => now.getTime() - verified <= limit)?.[0] ?? 'earlier';
}

function lastVerifiedMs({ last_verified_ms, verified_at }: ModelEntry): number | undefined {
  return last_verified_ms ?? (verified_at === undefined ? undefined : Date.parse(verified_at));
}

function toolsOf(models: readonly ModelEntry[], bytesOf: ReadonlyMap<string, number>): Share[] {
  const counts = new Map<string, number>();
  for (const { adopted_from } of models) if (adopted_from) counts.set(adopted_from.tool, (counts.get(adopted_from.tool) ?? 0) + 1);
  const shares = [...counts].map(([name, count]) => ({ name, models: count, bytes: bytesOf.get(name) ?? 0 }));
  return shares.sort((a, b) => b.bytes - a.bytes || compareUtf8(a.name, b.name));
}

function reported(model: ModelEntry, known: Pick<ReportedModel, 'standing' | 'freed_bytes'>): ReportedModel {
  const { id, name, source, state, trust_state, bytes, files = [], registered_at, pins = [] } = model;
  const whereabouts = whereaboutsOf(model);
  const verified = lastVerifiedMs(model);
  return {
    ...{ id, name, source: redactUrl(source), state, trust_state },
    ...(bytes !== undefined && { bytes }),
    files: files.length,
    ...(whereabouts !== undefined && { whereabouts: whereabouts.where }),
    ...known,
    pinned: pins.length > 0,
    ...factsIn({ ...model.metadata }),
    registered_at,
    ...(isDate(verified) && { last_verified_at: new Date(verified).toISOString() }),
  };
}

/** Headers are whatever somebody wrote into a file. */
function factsIn(metadata: Readonly<Record<string, unknown>>) {
  const { format, architecture, parameters, quantization, code_bearing, warnings } = metadata;
  return {
    ...(typeof format === 'string' && { format }),
    ...(typeof architecture === 'string' && { architecture }),
    ...(typeof parameters === 'number' && { parameters }),
    ...(typeof quantization === 'string' && { quantization }),
    code_bearing: code_bearing === true,
    warnings: Array.isArray(warnings) ? warnings.filter((warning) => typeof warning === 'string') : [],
  };
}

function reportedEngine({ id, engine, version, build_ref, artifacts, created_ms }: EngineEntry): ReportedEngine {
  return {
    ...{ id, engine, version },
    ...(build_ref !== undefined && { build_ref: redactUrl(build_ref) }),
    artifacts: artifacts.length,
    created_at: isDate(created_ms) ? new Date(created_ms).toISOString() : String(created_ms),
  };
}

function isDate(ms: number | undefined): ms is number {
  return ms !== undefined && !Number.isNaN(new Date(ms).getTime());
}

function largestFirst(a: ReportedModel, b: ReportedModel): number {
  return (b.bytes ?? -1) - (a.bytes ?? -1) || compareUtf8(a.id, b.id);
}
