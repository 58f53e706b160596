import { type ArrivedContent, entryAfterAdd } from './adding.js';
import { type Digest, sameDigest } from './digest.js';
import { refusal } from './errors.js';
import { afterGoodContent, expectedDigest } from './lifecycle.js';
import { isManaged } from './model-layout.js';
import type { ModelEntry, ModelMetadata } from './records.js';

/** A model of another tool's store that is to be adopted where it lies. */
export interface AdoptRequest {
  readonly id: string;
  readonly source: string;
  readonly ref?: string;
  readonly from: NonNullable<ModelEntry['adopted_from']>;
}

/** What is known of its content, before or after it was hashed. */
export interface AdoptableContent {
  /** SHA-256 of the file, or of the manifest of the files; `undefined` while it is not known. */
  readonly digest: Digest | undefined;
  readonly bytes: number;
  readonly local_path: string;
  /** Whether the tool said of all of it what it must be. */
  readonly isPromised: boolean;
}

/**
 * What adopting some content under an id comes to. The same content again is known. A tool may put other content under a name of
 * its own: what was adopted from there is followed where the tool tells what it must be, or shows it at another place. Whatever
 * else bears the id stays: `AlreadyExists`, or `DigestMismatch` where other content is waited for.
 */
export function decideAdopt(stored: ModelEntry | undefined, request: AdoptRequest, content: AdoptableContent): 'adopt' | 'known' {
  if (stored?.files === undefined) return stored === undefined ? 'adopt' : decideFill(stored, content);
  const { digest, bytes, local_path, isPromised } = content;
  const isSame = digest === undefined ? stored.bytes === bytes : stored.digest !== undefined && sameDigest(stored.digest, digest);
  if (isSame && isManaged(stored) && stored.state === 'Failed') {
    throw refusal('AlreadyExists', `${stored.id} is in the catalog and has failed; add the file to heal it`, { stored });
  }
  if (isSame) return 'known';
  const isOurs = isFrom(stored, request);
  if (isOurs && (digest === undefined || isPromised || stored.local_path !== local_path)) return 'adopt';
  const remedy = isOurs ? 'it changed since it was adopted: verify it, or remove it and adopt it again' : 'other content has that id';
  throw refusal('AlreadyExists', `${stored.id} is in the catalog with other content; ${remedy}`, { stored });
}

/** The entry with its content where it lies; the stored one itself when nothing is to be told of it anew. */
export function entryAfterAdopt(
  stored: ModelEntry | undefined,
  request: AdoptRequest,
  content: Omit<ArrivedContent, 'mode'> & { readonly isPromised: boolean },
  rest: { readonly metadata: ModelMetadata | undefined; readonly now: Date },
): ModelEntry {
  const { digest, files, local_path, isPromised } = content;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const decision = decideAdopt(stored, request, { digest, bytes, local_path, isPromised });
  const given = isPromised ? digest : undefined;
  if (stored !== undefined && decision === 'known') return seenAgain(stored, request, { ...content, given }, rest.now);
  const { id, source, ref, from } = request;
  const asked = { id, source, ref, digest: given, replace: true };
  const entry = entryAfterAdd(stored, asked, { digest, files, local_path, mode: 'reference' }, rest.now);
  return { ...entry, adopted_from: from, ...(rest.metadata && { metadata: rest.metadata }) };
}

/** What was adopted from there before, and is the same: where it lies now, and as what it was read now. */
function seenAgain(
  stored: ModelEntry,
  request: AdoptRequest,
  content: Omit<ArrivedContent, 'mode'> & { readonly given: Digest | undefined },
  now: Date,
): ModelEntry {
  if (!isFrom(stored, request)) return stored;
  const { digest, files, local_path, given } = content;
  const isUnchanged = stored.local_path === local_path && sameFiles(stored, files);
  const isVouchedFor = given === undefined || stored.trust_state === 'verified';
  if (isUnchanged && isVouchedFor && stored.state !== 'Failed') return stored;
  const { source, ref } = request;
  const entry = { ...stored, source, ...(ref !== undefined && { ref }), local_path };
  return afterGoodContent(entry, { ...(given && { given }), content: { digest, files }, now });
}

/** A registered entry is filled, with what it waits for. */
function decideFill(stored: ModelEntry, { digest, bytes }: AdoptableContent): 'adopt' {
  const expected = expectedDigest(stored);
  if (expected === undefined || digest === undefined || sameDigest(expected, digest)) return 'adopt';
  if (!expected.startsWith('sha256:')) {
    throw refusal('AlreadyExists', `${stored.id} waits for content by another digest than SHA-256; add the file to fill it`, { stored });
  }
  throw refusal('DigestMismatch', `${stored.id} waits for ${expected}, not for ${digest}`, { expected, actual: digest, bytes });
}

/** Whether an entry was adopted from this place of this tool. */
export function isFrom(stored: ModelEntry, { from }: Pick<AdoptRequest, 'from'>): boolean {
  return stored.mode === 'reference' && stored.adopted_from?.tool === from.tool && stored.adopted_from.path === from.path;
}

function sameFiles(stored: ModelEntry, files: ArrivedContent['files']): boolean {
  const key = (file: ArrivedContent['files'][number]) => `${file.path} ${file.digest} ${file.identity ?? ''}`;
  const before = (stored.files ?? []).map(key).sort();
  const after = files.map(key).sort();
  return before.length === after.length && before.every((one, place) => one === after[place]);
}
