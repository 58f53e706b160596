import { createHash } from 'node:crypto';
import { type CatalogContext, shownId, stored } from './catalog-context.js';
import { canonicalJson, deepFreeze } from './core/canonical-json.js';
import type { Digest } from './core/digest.js';
import { type CatalogError, refusal } from './core/errors.js';
import type { ArtifactFile, EngineEntry, ModelEntry } from './core/records.js';
import { driftOf } from './drift.js';

/** CAT-ENG-2403: a model and an engine as they are now, by what they are and not by where they lie. */
export interface Correlation {
  readonly model: {
    readonly id: string;
    readonly digest: Digest;
    readonly files: readonly Pick<ArtifactFile, 'path' | 'digest' | 'bytes'>[];
  };
  readonly engine: Pick<
    EngineEntry,
    'id' | 'engine' | 'version' | 'build_ref' | 'digest' | 'build_flags' | 'artifacts' | 'sampler_profile_version'
  >;
  /** SHA-256 of the canonical JSON (RFC 8785) of `{ engine, model }`. */
  readonly digest: Digest;
}

/**
 * One record of a model and an engine, for reproducible runs: the same pair gives the same record on every machine. `NotFound` for
 * what is not there; `NotVerified` for a model whose bytes nobody has vouched for, that failed, or whose files are not as they were
 * when they were verified.
 */
export async function correlate(context: CatalogContext, modelId: string, engineId: string): Promise<Correlation> {
  const { record } = await stored(context, modelId);
  const model = modelOf(record);
  await checkNotDrifted(context, record);
  const found = await context.store.engines.get(engineId);
  if (found === undefined) throw missingEngine(engineId);
  const engine = engineOf(found.record);
  const digest: Digest = `sha256:${createHash('sha256').update(canonicalJson({ engine, model })).digest('hex')}`;
  return deepFreeze({ model, engine, digest });
}

function modelOf({ id, digest, files, state, trust_state }: ModelEntry): Correlation['model'] {
  if (digest === undefined || files === undefined || state === 'Failed' || trust_state === 'unverified') {
    throw refusal('NotVerified', `${id} is ${state} and ${trust_state}; verify it first`, { id, state, trust_state });
  }
  const plain = files.map((file) => ({ path: file.path, digest: file.digest, bytes: file.bytes }));
  return { id, digest, files: plain.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path))) };
}

/** CAT-ADO-2203: what changed is verified again before it is reported as good. */
async function checkNotDrifted(context: CatalogContext, entry: ModelEntry): Promise<void> {
  const drift = await driftOf(context, [entry]);
  const [first] = drift;
  if (first === undefined) return;
  const { id, state, trust_state } = entry;
  const message = `${id} is not as it was when it was verified: ${first.path} is ${first.reason}; verify it again`;
  throw refusal('NotVerified', message, { id, state, trust_state, drift });
}

function engineOf(entry: EngineEntry): Correlation['engine'] {
  const { id, engine, version, build_ref, digest, build_flags, artifacts, sampler_profile_version } = entry;
  return {
    ...{ id, engine, version, artifacts: [...artifacts] },
    ...(build_ref !== undefined && { build_ref }),
    ...(digest !== undefined && { digest }),
    ...(build_flags !== undefined && { build_flags: [...build_flags] }),
    ...(sampler_profile_version !== undefined && { sampler_profile_version }),
  };
}

function missingEngine(asked: string): CatalogError {
  const id = shownId(asked);
  return refusal('NotFound', `there is no engine ${JSON.stringify(id)}`, { id });
}
