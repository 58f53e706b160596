import { shardOf } from '../model-layout.js';
import type { ModelMetadata } from '../records.js';
import type { FileHeader } from './model-header.js';

/** A file of a model, and what its start says. */
export interface ReadFile {
  /** Its name inside the model, with forward slashes. */
  readonly name: string;
  readonly bytes: number;
  readonly header: FileHeader;
}

/** What some files of one format come to, and what is odd about them. */
export interface Described {
  readonly metadata: ModelMetadata;
  readonly warnings: readonly string[];
}

const mostNameCharacters = 200;

/** `truncated: model.gguf ends within its header` */
export function warning(code: string, name: string, reason: string): string {
  const shown = name.length > mostNameCharacters ? `${name.slice(0, mostNameCharacters)}…` : name;
  return `${code}: ${shown} ${reason}`.toWellFormed();
}

/** The files of one split model each time, the largest model first. */
export function groupsOf(files: readonly ReadFile[]): ReadFile[][] {
  const groups = new Map<string, ReadFile[]>();
  for (const file of files) {
    const { stem = file.name, count = 1 } = shardOf(file.name) ?? {};
    const key = `${count} ${stem}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [file]);
    else group.push(file);
  }
  return [...groups.values()].sort((a, b) => bytesOf(b) - bytesOf(a));
}

/** A file of that format, whether or not its header could be read. */
export function isOf(format: 'gguf' | 'safetensors', { header }: ReadFile): boolean {
  return header.kind === format || (header.kind === 'malformed' && header.format === format);
}

export function bytesOf(files: readonly ReadFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The type of tensors that most elements have. */
export function dominatingType<Type>(counts: readonly ReadonlyMap<Type, number>[]): Type | undefined {
  const elements = new Map<Type, number>();
  for (const one of counts) for (const [type, count] of one) elements.set(type, (elements.get(type) ?? 0) + count);
  return [...elements].sort(([, a], [, b]) => b - a)[0]?.[0];
}
