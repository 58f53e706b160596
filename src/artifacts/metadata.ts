import { describeModel } from '../core/headers/describe.js';
import type { ReadFile } from '../core/headers/read-files.js';
import type { ModelMetadata } from '../core/records.js';
import type { DiskProgram } from '../disk/program.js';
import { findHeader, type HeaderPlace } from './header-window.js';

/** A file of a model, where it lies. */
export interface HeaderFile extends HeaderPlace {
  readonly bytes: number;
}

/** CAT-ADO-2205: what the headers of a model's files say of it; `undefined` where they say nothing. Never throws for what a file holds. */
export function* readMetadata(files: readonly HeaderFile[]): DiskProgram<ModelMetadata | undefined> {
  const found: ReadFile[] = [];
  for (const file of files) found.push({ name: file.name, ...(yield* findHeader(file)) });
  return describeModel(found);
}
