import type { ModelMetadata } from '../core/records.js';
import type { DiskProgram } from '../disk/program.js';

/** A file of a model, where it lies. */
export interface HeaderFile {
  /** Its name inside the model, with forward slashes. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

/** CAT-ADO-2205: what the headers of a model's files say of it; `undefined` where they say nothing. Never throws for what a file holds. */
// biome-ignore lint/correctness/useYield: filled by the readers of headers
export function* readMetadata(_files: readonly HeaderFile[]): DiskProgram<ModelMetadata | undefined> {
  return undefined;
}
