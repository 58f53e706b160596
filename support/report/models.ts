import type { ArtifactFile, ModelEntry } from '../../src/core/records.js';
import { modelEntry } from '../model-entry.js';

/** A digest that a number stands for. */
export const digestOf = (seed: number): `sha256:${string}` => `sha256:${seed.toString(16).padStart(64, '0')}`;

/** A file of a model, whose content is known by a number. */
export function fileOf(content: number, bytes: number, path = `content-${content}.gguf`): ArtifactFile {
  return { path, digest: digestOf(content), bytes };
}

/** A model that the catalog keeps. */
export function keptModel(id: string, files: readonly ArtifactFile[], rest: Partial<ModelEntry> = {}): ModelEntry {
  return modelEntry(id, {
    ...{ state: 'Active', trust_state: 'warned', mode: 'copy', local_path: `models/${id}/${files[0]?.path}` },
    ...{ files: [...files], bytes: files.reduce((sum, { bytes }) => sum + bytes, 0), digest: digestOf(1) },
    ...rest,
  });
}

/** A model where another tool keeps it. */
export function adoptedModel(id: string, tool: string, file: ArtifactFile, rest: Partial<ModelEntry> = {}): ModelEntry {
  const path = `/home/ada/.${tool}/${file.path}`;
  return keptModel(id, [file], { mode: 'reference', local_path: path, adopted_from: { tool, path: `/home/ada/.${tool}` }, ...rest });
}
