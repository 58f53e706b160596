import { type Digest, sameDigest } from './digest.js';
import { refusal } from './errors.js';
import { afterGoodContent, expectedDigest } from './lifecycle.js';
import { type ArtifactFile, type ModelEntry, type ModelMetadata, metadataIn, type StorageMode } from './records.js';

/** Content that has arrived: hashed, and, once it has its place, findable. */
export interface ArrivedContent {
  /** SHA-256 of the file, or of the manifest of the files. */
  readonly digest: Digest;
  readonly files: readonly ArtifactFile[];
  readonly local_path: string;
  readonly mode: StorageMode;
  /** What its headers say. */
  readonly metadata?: ModelMetadata | undefined;
}

export interface AddRequest {
  readonly id: string;
  readonly name?: string | undefined;
  readonly source: string;
  readonly ref?: string | undefined;
  readonly labels?: Record<string, string> | undefined;
  /** What the caller expects the content to be. */
  readonly digest?: Digest | undefined;
  readonly replace?: boolean | undefined;
}

/** What adding some content to a stored entry comes to; the time is an argument (CAT-REC-1009). */
export type AddDecision = 'create' | 'fill' | 'known' | 'replace';

/** CONTRACT: the same content again is known; an entry without files is filled; anything else is `AlreadyExists` unless replaced. */
export function decideAdd(stored: ModelEntry | undefined, request: AddRequest, digest: Digest): AddDecision {
  if (stored === undefined) return 'create';
  if (stored.files === undefined) return 'fill';
  if (stored.digest !== undefined && sameDigest(stored.digest, digest)) return 'known';
  if (request.replace) return 'replace';
  throw refusal('AlreadyExists', `${stored.id} is in the catalog with other content; replace it, or choose another id`, { stored });
}

/** The digest that arriving content must have: the caller's, else the one that was declared when the id was registered. */
export function expectedOfArrival(stored: ModelEntry | undefined, request: AddRequest): Digest | undefined {
  const declared = stored?.files === undefined && stored !== undefined ? expectedDigest(stored) : undefined;
  return request.digest ?? declared;
}

/** The entry with its content, as CAT-DIG-1404 says of a verification that passed: the bytes were hashed on their way in. */
export function entryAfterAdd(stored: ModelEntry | undefined, request: AddRequest, arrived: ArrivedContent, now: Date): ModelEntry {
  const decision = decideAdd(stored, request, arrived.digest);
  const given = expectedOfArrival(stored, request);
  const described = arrived.metadata && { metadata: arrived.metadata };
  // CAT-ADO-2205: content that is known keeps what is said of it.
  if (stored !== undefined && decision === 'known')
    return knownAgain(described && !isDescribed(stored) ? { ...stored, ...described } : stored, arrived, given, now);
  const base = baseFor(decision, stored, request, now);
  return verified({ ...base, ...described, local_path: arrived.local_path, mode: arrived.mode }, arrived, given, now);
}

/** Not where nothing could be read when it came in. */
function isDescribed(entry: ModelEntry): boolean {
  return entry.metadata !== undefined && !metadataIn(entry).warnings?.some((warning) => /^(unreadable|changed): /.test(warning));
}

/** A failed entry is verified anew by its good content, where that lies now; any other stays, unless the caller vouches for more than was known. */
function knownAgain(stored: ModelEntry, arrived: ArrivedContent, given: Digest | undefined, now: Date): ModelEntry {
  if (stored.state === 'Failed') return verified({ ...stored, local_path: arrived.local_path, mode: arrived.mode }, arrived, given, now);
  if (given === undefined || stored.trust_state === 'verified') return stored;
  return verified(stored, { ...arrived, files: stored.files ?? [] }, given, now);
}

function verified(entry: ModelEntry, arrived: ArrivedContent, given: Digest | undefined, now: Date): ModelEntry {
  return afterGoodContent(entry, { ...(given && { given }), content: arrived, now });
}

function baseFor(decision: AddDecision, stored: ModelEntry | undefined, request: AddRequest, now: Date): ModelEntry {
  if (stored === undefined) return freshEntry(request, now);
  return decision === 'replace' ? withoutContent(stored, request) : stored;
}

/** What is said of the model stays (its pins, its labels, members that we do not know); what is said of its old content goes. */
function withoutContent(stored: ModelEntry, request: AddRequest): ModelEntry {
  const { digest, digest_source, declared, bytes, files, verified_at, last_verified_ms, metadata, adopted_from, ref, ...kept } = stored;
  const { name = stored.name, source, labels = stored.labels } = request;
  return {
    ...kept,
    name,
    source,
    state: 'Pending',
    trust_state: 'unverified',
    ...(request.ref !== undefined && { ref: request.ref }),
    ...(labels !== undefined && { labels }),
  };
}

function freshEntry(request: AddRequest, now: Date): ModelEntry {
  const { id, name = id, source, ref, labels } = request;
  const registered_at = now.toISOString();
  return {
    id,
    name,
    source,
    state: 'Pending',
    trust_state: 'unverified',
    registered_at,
    ...(ref !== undefined && { ref }),
    ...(labels !== undefined && { labels }),
  };
}
