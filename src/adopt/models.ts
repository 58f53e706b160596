import { basename, dirname, join } from 'node:path';
import { type CatalogError, isCatalogError, refusal } from '../core/errors.js';
import { checkId } from '../core/ids.js';
import { shardNames, shardOf } from '../core/model-layout.js';
import type { Candidate, Findings } from './found.js';
import type { Member } from './walking.js';

/** Files that are one model: a GGUF or all shards of one, or a folder. */
interface Model {
  /** Of a file, its name without extension and number of shard; of a folder, its name below the one that was looked through. */
  readonly stem: string;
  readonly type: 'file' | 'folder';
  readonly folder: string;
  readonly members: readonly Member[];
}

/** What a model is called; refuses what cannot be a name. */
export type NameModel = (model: Pick<Model, 'stem' | 'type' | 'members'>) => Pick<Candidate, 'id' | 'source' | 'ref'>;

const weights = /\.(safetensors|bin|pt|pth|ckpt|onnx|h5|msgpack|npz)$/i;

export function isWeights({ name }: Pick<Member, 'name'>): boolean {
  return weights.test(name);
}

/**
 * Adds the models among the files below a folder. Each GGUF, whole or split, is a model; `modelFolders`, by their names below the
 * folder ('' for itself), are one each with all else below them; other weights are models by themselves. What is wrong with a file
 * is a problem of the model that it belongs to, once.
 */
export function addModels(
  findings: Findings,
  found: { readonly folder: string; readonly members: readonly Member[]; readonly modelFolders: readonly string[] },
  nameModel: NameModel,
): void {
  const models = new Map<string, Model & { readonly members: Member[] }>();
  for (const member of found.members) {
    const model = modelFor(member, found);
    if (model === undefined) {
      if ('flaw' in member) findings.problem(member.path, member.flaw.code, member.flaw.message);
      continue;
    }
    const key = `${model.type} ${model.stem} ${model.kind}`;
    const known = models.get(key);
    if (known) known.members.push(member);
    else models.set(key, { ...model, members: [member] });
  }
  for (const model of models.values()) addModel(findings, model, nameModel);
}

/** Adds a candidate, or the problem that it has no fit name. */
export function addCandidate(findings: Findings, candidate: Candidate): void {
  try {
    checkId(candidate.id);
    findings.candidates.push(candidate);
  } catch (error) {
    if (!isCatalogError(error)) throw error;
    findings.problemOf(candidate.id, candidate.files[0]?.path ?? candidate.folder, error);
  }
}

function modelFor(
  member: Member,
  { folder, modelFolders }: { readonly folder: string; readonly modelFolders: readonly string[] },
): (Pick<Model, 'stem' | 'type' | 'folder'> & { readonly kind: string }) | undefined {
  if (/\.gguf$/i.test(member.name)) return fileModel(member);
  const above = modelFolders.find((name) => name === '' || member.name.startsWith(`${name}/`));
  if (above !== undefined) return { stem: above, type: 'folder', folder: above === '' ? folder : join(folder, above), kind: '' };
  return /\.safetensors$/i.test(member.name) ? fileModel(member) : undefined;
}

function fileModel({ name, path }: Member): Pick<Model, 'stem' | 'type' | 'folder'> & { readonly kind: string } {
  const plain = name.replace(/\.(gguf|safetensors)$/i, '');
  const shard = shardOf(basename(name));
  const stem = shard ? plain.replace(/-\d{5}-of-\d{5}$/, '') : plain;
  return { stem, type: 'file', folder: dirname(path), kind: `${name.slice(plain.length)} ${shard ? shard.count : ''}` };
}

function addModel(findings: Findings, model: Model, nameModel: NameModel): void {
  const path = model.type === 'folder' ? model.folder : (model.members[0]?.path ?? model.folder);
  const flaw = flawIn(model);
  if (flaw !== undefined) {
    findings.problemOf(idOf(model, nameModel), flaw.path, flaw.error);
    return;
  }
  const files = model.members.flatMap((member) =>
    'flaw' in member ? [] : [{ name: below(model, member), path: member.path, bytes: member.bytes, promised: member.promised }],
  );
  try {
    addCandidate(findings, { ...nameModel(model), folder: model.folder, files });
  } catch (error) {
    if (!isCatalogError(error)) throw error;
    findings.problem(path, error.code, error.message);
  }
}

/** What a model that is not whole would be called; what cannot be a name of it is none. */
function idOf(model: Model, nameModel: NameModel): string | undefined {
  try {
    return checkId(nameModel(model).id);
  } catch (error) {
    if (!isCatalogError(error)) throw error;
    return undefined;
  }
}

/** The first thing that is wrong with a model: a file of it, or one that is not there. */
function flawIn({ members, folder, type }: Model): { readonly path: string; readonly error: CatalogError } | undefined {
  for (const member of members) if ('flaw' in member) return { path: member.path, error: member.flaw };
  const sets = new Map<string, Shards>();
  for (const { path } of members) {
    const shard = shardOf(basename(path));
    if (shard === undefined) continue;
    if (shard.number < 1 || shard.number > shard.count || shard.count > 10_000) {
      const error = refusal('InvalidRecord', `${basename(path)} says that it is shard ${shard.number} of ${shard.count}`);
      return { path, error };
    }
    const key = `${dirname(path)}/${shard.stem} ${shard.count}${shard.extension}`;
    const known = sets.get(key);
    if (known) known.numbers.add(shard.number);
    else sets.set(key, { path, count: shard.count, numbers: new Set([shard.number]) });
  }
  for (const { path, count, numbers } of sets.values()) {
    if (numbers.size === count) continue;
    const missing = shardNames(basename(path)).find((_, place) => !numbers.has(place + 1));
    const whole = type === 'folder' ? folder : path;
    return { path: whole, error: refusal('NotFound', `${missing} is missing: the model is not whole`) };
  }
  return undefined;
}

/** The shards of one split file that are there. */
interface Shards {
  /** Of the first of them that was met. */
  readonly path: string;
  readonly count: number;
  readonly numbers: Set<number>;
}

function below({ type, folder }: Model, { path }: Member): string {
  return type === 'file' ? basename(path) : path.slice(folder.length + 1).replaceAll('\\', '/');
}
