import { resolve } from 'node:path';
import { probeFile } from './artifacts/probe.js';
import { findSource, type OddFile } from './artifacts/source.js';
import { type CatalogContext, shownId } from './catalog-context.js';
import { type CatalogError, isCatalogError, refusal } from './core/errors.js';
import type { Probed } from './core/headers/probe.js';
import { filePlaces } from './core/model-layout.js';
import type { ModelEntry } from './core/records.js';
import { stat } from './disk/program.js';

/** What a look at the headers of the files of a model says; no verification. */
export interface ProbeReport {
  /** The entry, where one was asked for. */
  id?: string;
  method: 'probe';
  files: (Probed & { path: string })[];
}

interface Place {
  readonly path: string;
  readonly name: string;
}

/** CAT-DIG-1408: probes the files of an entry, or else those behind a path; see `Catalog.probe`. */
export async function probeModel(context: CatalogContext, idOrPath: string): Promise<ProbeReport> {
  const found = await context.store.models.get(idOrPath);
  const entry = found?.record;
  const odd: OddFile[] = [];
  const places = await (entry === undefined ? placesBehind(context, idOrPath, odd) : placesOf(context, entry));
  const files: ProbeReport['files'] = [];
  for (const { path, name } of places) files.push({ path, ...(await context.artifacts.run(probeFile(path, name))) });
  // What no model can hold is told, and keeps no other file from being looked at.
  for (const { path, reason } of odd) files.push({ path, kind: 'unknown', method: 'probe', bytes: 0, reason });
  return { ...(entry && { id: entry.id }), method: 'probe', files };
}

/** Where the files of an entry are; `NotFound`, as of `modelPath`, where one of them is not. */
async function placesOf(context: CatalogContext, entry: ModelEntry): Promise<Place[]> {
  const places = filePlaces(entry).map(({ file, path }) => ({ path: resolve(context.artifacts.root, path), name: file.path }));
  for (const { path } of places) {
    if ((await context.artifacts.run(stat(path, { follow: true }))) === undefined)
      throw missing(path, `a file of ${entry.id} is not there`);
  }
  if (places.length === 0) throw missing(entry.id, `${entry.id} has no files yet`);
  return places;
}

async function placesBehind(context: CatalogContext, asked: string, odd: OddFile[]): Promise<Place[]> {
  const path = resolve(asked);
  try {
    const { files } = await context.artifacts.run(findSource(path, odd));
    return files.map((file) => ({ path: file.path, name: file.name }));
  } catch (error) {
    if (!isCatalogError(error, 'NotFound') || error.details.path !== path) throw error;
    const shown = shownId(asked);
    throw missing(shown === asked ? path : shown, `there is neither a model nor a file ${JSON.stringify(shown)}`);
  }
}

function missing(path: string, message: string): CatalogError {
  return refusal('NotFound', message, { path });
}
