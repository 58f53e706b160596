import { canonicalJson } from './canonical-json.js';
import { type Digest, sameDigest } from './digest.js';
import { refusal } from './errors.js';
import type { ArtifactFile, LifecycleState, ModelEntry, TrustState } from './records.js';
import type { VerificationOutcome } from './verification.js';

/** CAT-REC-1003 */
const allowed: Readonly<Record<LifecycleState, readonly LifecycleState[]>> = {
  Pending: ['Active', 'Failed', 'Retired'],
  Active: ['Retired', 'Failed'],
  Failed: ['Pending', 'Active', 'Retired'],
  Retired: ['Active', 'Pending'],
};

/** What a caller of `register` says; the digest is already in its one form, the time is an argument (CAT-REC-1009). */
export interface Registration {
  readonly id: string;
  readonly source: string;
  readonly name?: string;
  readonly digest?: Digest;
  readonly ref?: string;
  readonly labels?: Record<string, string>;
}

/**
 * The entry in another state. Setting the state that already holds changes nothing; a transition that CAT-REC-1003 does not
 * allow is `InvalidTransition`; Active while unverified is `NotVerified`, unless the caller takes it upon itself, which shows
 * as `warned` (CAT-REC-1005).
 */
export function transition(entry: ModelEntry, to: LifecycleState, options: { allowUnverified?: boolean } = {}): ModelEntry {
  if (entry.state === to) return entry;
  checkTransition(entry, to);
  if (to !== 'Active' || entry.trust_state !== 'unverified') return { ...entry, state: to };
  if (!options.allowUnverified) throw notVerified(entry.id);
  return { ...entry, state: to, trust_state: 'warned' };
}

/** CAT-REC-1006: a new Pending entry, or the stored one when it says the same. */
export function registered(stored: ModelEntry | undefined, asked: Registration, now: Date): ModelEntry {
  if (stored === undefined) return pendingEntry(asked, now);
  const sameContent = stored.source === asked.source && expectedDigest(stored) === asked.digest;
  if (!sameContent) throw alreadyExists(stored, `${stored.id} is already registered with another source or digest`);
  return stored;
}

/** What `Catalog.put` may store in place of what is there (CAT-REC-1005). */
export function replacement(stored: ModelEntry | undefined, next: ModelEntry): ModelEntry {
  if (next.state === 'Active' && next.trust_state === 'unverified') throw notVerified(next.id);
  if (stored === undefined) return checkFirstForm(next);
  if (stored.state !== next.state) checkTransition(stored, next.state);
  // A digest that is declared before there are bytes may be corrected; that of bytes which were hashed may not.
  const digests = stored.files === undefined ? [] : (['digest', 'declared'] as const);
  for (const member of ['trust_state', 'verified_at', 'digest_source', 'files', ...digests] as const) {
    if (canonicalJson(stored[member] ?? null) !== canonicalJson(next[member] ?? null)) {
      throw refusal('InvalidRecord', `\`${member}\` of ${next.id} is changed by verification alone, not by put`, { member });
    }
  }
  return next;
}

/** The digest that content must have: one that somebody gave, never one that we computed. */
export function expectedDigest(entry: ModelEntry): Digest | undefined {
  return entry.declared ?? (entry.digest_source === 'declared' ? entry.digest : undefined);
}

/** What was verified, beside the outcome: what the bytes are, wherever they were found. */
export interface VerifiedContent {
  /** SHA-256 of the file, or of the manifest of the files. */
  readonly digest: Digest;
  readonly files: readonly ArtifactFile[];
}

/** What a verification or an arrival found: `given` is what the caller expected, `content` is there when the bytes could be read. */
export interface FoundContent {
  readonly given?: Digest;
  readonly content?: VerifiedContent;
  readonly now: Date;
}

/** The entry after a verification (CAT-DIG-1404, CAT-REC-1004). */
export function afterVerification(entry: ModelEntry, outcome: VerificationOutcome, found: FoundContent): ModelEntry {
  return outcome.kind === 'fail' ? afterFailure(entry, outcome, found.now) : afterGoodContent(entry, found);
}

/** The entry whose content was hashed, on its way in or where it lies, and is what was expected, or nothing was. */
export function afterGoodContent(entry: ModelEntry, found: FoundContent): ModelEntry {
  const against = found.given ?? expectedDigest(entry);
  const trust_state = against === undefined ? trustWithoutExpectation(entry) : 'verified';
  const next: ModelEntry = { ...entry, trust_state, state: afterSuccess(entry.state), last_verified_ms: found.now.getTime() };
  if (against !== undefined) next.verified_at = found.now.toISOString();
  if (found.content) {
    next.files = [...found.content.files];
    next.bytes = next.files.reduce((sum, file) => sum + file.bytes, 0);
    Object.assign(next, digestMembers(entry, found.content.digest, against));
  }
  return next;
}

/**
 * How the digest of content is kept beside the one that was expected of it (CAT-DIG-1404): a SHA-256 that was given is
 * `declared`; a digest of another algorithm stays as `declared` next to the SHA-256 that we computed in the same pass.
 */
export function digestMembers(
  entry: Pick<ModelEntry, 'digest' | 'digest_source'>,
  computed: Digest,
  given: Digest | undefined,
): Pick<ModelEntry, 'digest' | 'digest_source' | 'declared'> {
  if (given === undefined) return { digest: computed, digest_source: 'computed' };
  if (sameDigest(given, computed)) return { digest: computed, digest_source: 'declared' };
  const stillDeclared = entry.digest_source === 'declared' && entry.digest !== undefined && sameDigest(entry.digest, computed);
  return { digest: computed, digest_source: stillDeclared ? 'declared' : 'computed', declared: given };
}

function pendingEntry(asked: Registration, now: Date): ModelEntry {
  const entry: ModelEntry = {
    id: asked.id,
    name: asked.name ?? asked.id,
    source: asked.source,
    state: 'Pending',
    trust_state: 'unverified',
    registered_at: now.toISOString(),
  };
  if (asked.ref !== undefined) entry.ref = asked.ref;
  if (asked.labels !== undefined) entry.labels = asked.labels;
  if (asked.digest !== undefined) Object.assign(entry, { digest: asked.digest, digest_source: 'declared' });
  return entry;
}

/** A first record is Pending, or brings what its state needs. */
function checkFirstForm(next: ModelEntry): ModelEntry {
  if (next.state === 'Active' && (next.files === undefined || next.local_path === undefined)) {
    throw refusal('InvalidRecord', `${next.id} cannot be Active without files and a local_path`, { member: 'files' });
  }
  if (next.trust_state === 'verified' && next.digest === undefined) {
    throw refusal('InvalidRecord', `${next.id} cannot be verified without a digest`, { member: 'digest' });
  }
  return next;
}

function checkTransition(entry: ModelEntry, to: LifecycleState): void {
  if (allowed[entry.state].includes(to)) return;
  throw refusal('InvalidTransition', `${entry.id} is ${entry.state}; it cannot become ${to}`, { from: entry.state, to });
}

function afterFailure(entry: ModelEntry, outcome: VerificationOutcome, now: Date): ModelEntry {
  const { verified_at: _gone, ...kept } = entry;
  // A Pending entry that never had files has not failed: nothing has arrived yet.
  const neverHadFiles = entry.state === 'Pending' && entry.files === undefined && outcome.reason === 'missing';
  const state = entry.state === 'Retired' || neverHadFiles ? entry.state : 'Failed';
  return { ...kept, state, trust_state: 'unverified', last_verified_ms: now.getTime() };
}

function afterSuccess(state: LifecycleState): LifecycleState {
  return state === 'Retired' ? 'Retired' : 'Active';
}

/** Nothing was expected: trust is never raised to verified, and not lowered when the content is still what it was. */
function trustWithoutExpectation(entry: ModelEntry): TrustState {
  return entry.trust_state === 'unverified' ? 'warned' : entry.trust_state;
}

function alreadyExists(stored: ModelEntry, message: string) {
  return refusal('AlreadyExists', message, { stored });
}

function notVerified(id: string) {
  return refusal('NotVerified', `${id} is unverified; verify it, or say that it may be Active unverified`, { id });
}
