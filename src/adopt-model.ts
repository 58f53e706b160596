import { join } from 'node:path';
import type { Candidate } from './adopt/found.js';
import { gitBlobOf, type LookedFile } from './adopt/looking.js';
import { type FileReading, identityOf } from './artifacts/hash-file.js';
import { readMetadata } from './artifacts/metadata.js';
import { unreadable } from './artifacts/source.js';
import { type CatalogContext, changeModel, now } from './catalog-context.js';
import { type AdoptRequest, decideAdopt, entryAfterAdopt, isFrom } from './core/adopting.js';
import { type Digest, manifestDigest, sameDigest } from './core/digest.js';
import { refusal } from './core/errors.js';
import { mainFile } from './core/model-layout.js';
import type { ArtifactFile, ModelEntry, ModelMetadata } from './core/records.js';
import { isDiskError } from './disk/steps.js';

/** A candidate whose files were looked at. */
export interface Looked {
  readonly candidate: Candidate;
  readonly request: AdoptRequest;
  readonly files: readonly LookedFile[];
}

export interface Adopted {
  readonly became: 'adopted' | 'known';
  readonly files: readonly LookedFile[];
}

/** What would become of a candidate beside the entry of its id, as far as names, sizes and what is known tell. */
export function wouldAdopt(stored: ModelEntry | undefined, { candidate, request, files }: Looked): Adopted {
  const told = files.map(({ digest, promised, ...file }) => ({ ...file, digest: digest ?? promised.sha256 }));
  const digest = told.every(isTold) ? digestOf(candidate, told) : undefined;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const isPromised = files.every(({ promised }) => promised.sha256 !== undefined || promised.gitBlob !== undefined);
  const decision = decideAdopt(stored, request, { digest, bytes, local_path: placeOf(candidate), isPromised });
  return { became: decision === 'known' ? 'known' : 'adopted', files };
}

/** Adopts a candidate all of whose files were read: a name that does not keep its promise is `DigestMismatch`. */
export async function adoptOne(
  context: CatalogContext,
  { candidate, request, files }: Looked,
  readings: ReadonlyMap<string, FileReading>,
): Promise<Adopted> {
  const read = files.map((file) => readFile(file, readings));
  const isPromised = await areKept(context, request, read);
  const content = {
    digest: digestOf(candidate, read),
    files: read.map(({ name, digest, bytes, identity }): ArtifactFile => ({ path: name, digest, bytes, identity })),
    local_path: placeOf(candidate),
    isPromised,
  };
  const bytes = read.reduce((sum, file) => sum + file.bytes, 0);
  let became: Adopted['became'] = 'adopted';
  let metadata: ModelMetadata | undefined;
  await changeModel(context, request.id, async (stored) => {
    became = decideAdopt(stored, request, { ...content, bytes }) === 'known' ? 'known' : 'adopted';
    if (became === 'adopted') metadata ??= await metadataOf(context, read);
    return entryAfterAdopt(stored, request, content, { metadata, now: now(context) });
  });
  return { became, files: read };
}

type ReadFile = LookedFile & { readonly digest: Digest };

function readFile(file: LookedFile, readings: ReadonlyMap<string, FileReading>): ReadFile {
  if (isTold(file)) return file;
  const reading = readings.get(file.identity);
  if (reading === undefined) throw new Error(`${file.path} was not read`);
  if (reading.kind === 'trouble') throw unreadable(file.path, reading);
  return { ...file, digest: reading.digest, bytes: reading.bytes, identity: identityOf(reading.status) };
}

/**
 * CAT-ADO-2201: names are hints; one that says something else than the bytes do is damage (CAT-ADO-2202). Whether all of the content
 * was promised, and is what was promised.
 */
async function areKept(context: CatalogContext, request: AdoptRequest, files: readonly ReadFile[]): Promise<boolean> {
  for (const { path, promised, digest: actual, bytes } of files) {
    const { sha256: expected } = promised;
    if (expected === undefined || sameDigest(expected, actual)) continue;
    throw refusal('DigestMismatch', `${path} has ${actual}, not ${expected} as its store says`, { path, expected, actual, bytes });
  }
  const stored = (await context.store.models.get(request.id))?.record;
  if (stored?.trust_state === 'verified' && isFrom(stored, request) && files.every((file) => isKnownIn(stored, file))) return true;
  const kept: boolean[] = [];
  for (const file of files) kept.push(file.promised.sha256 !== undefined || (await isGitBlob(context, file)));
  return !kept.includes(false);
}

/** Whether a small file is what Git's name for it says; false where it has no such name. */
async function isGitBlob(context: CatalogContext, { path, promised, bytes }: ReadFile): Promise<boolean> {
  const { gitBlob: expected } = promised;
  const actual = expected === undefined ? undefined : await context.artifacts.run(gitBlobOf(path));
  if (actual === undefined) return false;
  if (actual === expected) return true;
  throw refusal('DigestMismatch', `${path} is the Git blob ${actual}, not ${expected} as its store says`, {
    path,
    expected,
    actual,
    bytes,
  });
}

function isKnownIn({ files = [] }: ModelEntry, { digest, identity }: ReadFile): boolean {
  return files.some((file) => file.digest === digest && file.identity === identity);
}

/** CAT-ADO-2205. A disk that cannot be read once more costs the model what its header says, and nothing else. */
async function metadataOf(context: CatalogContext, files: readonly ReadFile[]): Promise<ModelMetadata | undefined> {
  try {
    return await context.artifacts.run(readMetadata(files));
  } catch (error) {
    if (!isDiskError(error)) throw error;
    return undefined;
  }
}

/** Where `filePlaces` finds the files: a file, the first shard, or the folder. */
function placeOf({ folder, files }: Candidate): string {
  const main = mainFile(files.map(({ name }) => ({ path: name })));
  return main === undefined ? folder : join(folder, main);
}

function digestOf(
  { files }: Candidate,
  told: readonly { readonly name: string; readonly digest: Digest; readonly bytes: number }[],
): Digest {
  const [only] = told;
  if (files.length === 1 && only !== undefined) return only.digest;
  return manifestDigest(told.map(({ name, digest, bytes }) => ({ path: name, digest, bytes })));
}

function isTold<F extends { readonly digest: Digest | undefined }>(file: F): file is F & { readonly digest: Digest } {
  return file.digest !== undefined;
}
