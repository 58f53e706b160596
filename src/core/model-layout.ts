import { createHash } from 'node:crypto';
import type { ArtifactFile, ModelEntry } from './records.js';

/** One file of a split model: `name-00001-of-00003.gguf`. */
export interface Shard {
  readonly stem: string;
  readonly number: number;
  readonly count: number;
  readonly extension: string;
}

export function shardOf(fileName: string): Shard | undefined {
  const match = /^(.+)-(\d{5})-of-(\d{5})(\.gguf|\.safetensors)$/.exec(fileName);
  if (!match) return undefined;
  const [, stem = '', number, count, extension = ''] = match;
  return { stem, number: Number(number), count: Number(count), extension };
}

/** The names of all files of the split model that a file belongs to, in order; the name alone where it is whole. */
export function shardNames(fileName: string): readonly string[] {
  const shard = shardOf(fileName);
  if (!shard || shard.count === 0) return [fileName];
  const digits = (value: number) => String(value).padStart(5, '0');
  return Array.from(
    { length: shard.count },
    (_, place) => `${shard.stem}-${digits(place + 1)}-of-${digits(shard.count)}${shard.extension}`,
  );
}

/** CONTRACT: the file's name without `.gguf`, `.safetensors` or the number of its shard; a directory's name as it is. */
export function defaultModelId(name: string, type: 'file' | 'directory'): string {
  if (type === 'directory') return name;
  const whole = name.replace(/\.(gguf|safetensors)$/i, '');
  return whole === name ? name : whole.replace(/-\d{5}-of-\d{5}$/, '');
}

/** CAT-BLB-2105: the folder under `models/` where the files of a model lie together; two ids never share one. */
export function modelFolder(id: string): string {
  const readable = id
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 64)
    .replace(/[.-]+$/, '');
  return `models/${readable === '' ? 'model' : readable}-${createHash('sha256').update(id).digest('hex').slice(0, 16)}`;
}

/** Whether something is such a folder, as `modelFolder` gives it. */
export function isModelFolder(path: unknown): path is string {
  return typeof path === 'string' && /^models\/[A-Za-z0-9_][A-Za-z0-9._-]*-[0-9a-f]{16}$/.test(path);
}

export function blobPath(digest: string): string {
  const hex = digest.slice(digest.indexOf(':') + 1);
  return `blobs/sha256/${hex.slice(0, 2)}/${hex}`;
}

/** The file that an engine is pointed at: the only one, or the first of a split GGUF; `undefined` where it is the directory. */
export function mainFile(files: readonly Pick<ArtifactFile, 'path'>[]): string | undefined {
  if (files.length === 1) return files[0]?.path;
  const [first] = shardNames(files[0]?.path ?? '');
  const isSplit = first?.endsWith('.gguf') && sameNames(files, shardNames(first));
  return isSplit ? first : undefined;
}

/** Where an entry's files lie, relative to the root or absolute, as its `local_path` says. */
export function filePlaces(entry: ModelEntry): readonly { readonly file: ArtifactFile; readonly path: string }[] {
  const { files = [], local_path } = entry;
  if (local_path === undefined) return [];
  const main = mainFile(files);
  const folder = main === undefined ? `${local_path}/` : local_path.slice(0, local_path.length - main.length);
  return files.map((file) => ({ file, path: folder + file.path }));
}

/** Whether the catalog keeps the bytes; those that are referenced or adopted are somebody else's and are never touched. */
export function isManaged(entry: ModelEntry): boolean {
  return entry.mode !== undefined && entry.mode !== 'reference' && entry.adopted_from === undefined;
}

function sameNames(files: readonly Pick<ArtifactFile, 'path'>[], names: readonly string[]): boolean {
  const here = new Set(files.map(({ path }) => path));
  return files.length === names.length && names.every((name) => here.has(name));
}
