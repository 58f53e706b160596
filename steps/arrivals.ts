import { Then, When, type World } from '@cucumber/cucumber';
import { expect } from 'chai';
import { type AddRequest, entryAfterAdd } from '../src/core/adding.js';
import { decideAdopt, entryAfterAdopt } from '../src/core/adopting.js';
import type { Digest } from '../src/core/digest.js';
import { CatalogError } from '../src/core/errors.js';
import type { ArtifactFile, ModelEntry, ModelMetadata } from '../src/core/records.js';
import { modelEntry } from '../support/model-entry.js';

interface ArrivalsWorld extends World {
  outcome: string | Readonly<Record<string, unknown>>;
}

const now = new Date('2026-02-01T00:00:00.000Z');
const digests: Readonly<Record<string, string>> = {
  D1: `sha256:${'1'.repeat(64)}`,
  D2: `sha256:${'2'.repeat(64)}`,
  B1: `blake3:${'1'.repeat(64)}`,
};

const filesOf = (digest: string, path = 'm.gguf'): ArtifactFile[] => [{ path, digest: digest as Digest, bytes: 5 }];
const otherFiles = filesOf(digests.D1 ?? '', 'n.gguf');
const moreFiles = [...filesOf(digests.D1 ?? ''), ...otherFiles];
const files: Readonly<Record<string, readonly ArtifactFile[]>> = { other: otherFiles, more: moreFiles, reversed: [...moreFiles].reverse() };

const from = { tool: 't', path: '/t' };

/** JSON in which digests, times and files have short names. */
function withWholeNames(json: string): Record<string, unknown> {
  return JSON.parse(json, (key, value: unknown) => {
    if (key === 'files') return files[String(value)] ?? filesOf(digests[String(value)] ?? '');
    if (value === 'now') return key === 'last_verified_ms' ? now.getTime() : now.toISOString();
    return typeof value === 'string' ? (digests[value] ?? value) : value;
  });
}

/** The entry that words speak of; one with content was added long ago. */
function storedIn(words: string): ModelEntry | undefined {
  const [, kind = '', digest, json = '{}'] =
    /^(nothing|a registered one|one|an adopted one)(?: of (D\d))?(?: with (\{.*\}))?$/.exec(words) ?? expect.fail(words);
  if (kind === 'nothing') return undefined;
  const members = withWholeNames(json);
  if (digest === undefined) return modelEntry('m', members);
  const known = digests[digest] ?? expect.fail(digest);
  return modelEntry('m', {
    ...{ state: 'Active', trust_state: 'warned', digest: known as Digest, digest_source: 'computed', bytes: 5, files: filesOf(known) },
    ...{ local_path: kind === 'one' ? 'old' : 'p', mode: kind === 'one' ? 'copy' : 'reference', last_verified_ms: 1 },
    ...(kind === 'one' ? {} : { adopted_from: from }),
    ...members,
  });
}

/** What changed of an entry: its new members, and `null` for those that went; nothing where it is the very same. */
function changesOf(stored: ModelEntry | undefined, entry: ModelEntry): ArrivalsWorld['outcome'] {
  if (entry === stored) return 'stays';
  expect(Object.values(entry)).to.not.include(undefined);
  const [before, after] = [new Map<string, unknown>(Object.entries(stored ?? {})), new Map<string, unknown>(Object.entries(entry))];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const changed = names.filter((name) => JSON.stringify(before.get(name)) !== JSON.stringify(after.get(name)));
  return Object.fromEntries(changed.map((name) => [name, after.get(name) ?? null]));
}

function outcomeOf(stored: ModelEntry | undefined, work: () => ModelEntry): ArrivalsWorld['outcome'] {
  const before = JSON.stringify(stored);
  try {
    return changesOf(stored, work());
  } catch (error) {
    if (!(error instanceof CatalogError)) throw error;
    const waiting = { expected: stored?.digest, actual: digests.D1, bytes: 5 };
    expect(error.details).to.deep.equal(error.code === 'DigestMismatch' ? waiting : { stored });
    return `is refused with ${error.code}: ${error.message}`;
  } finally {
    expect(JSON.stringify(stored)).to.equal(before);
  }
}

When(/^content (D\d) is added to (.+), with (\{.*\})$/, function (this: ArrivalsWorld, digest: string, words: string, json: string) {
  const stored = storedIn(words);
  const { metadata, ...asked } = withWholeNames(json) as { metadata?: ModelMetadata };
  const request: AddRequest = { id: 'm', source: 's', ...asked };
  const known = digests[digest] as Digest;
  const arrived = { digest: known, files: filesOf(known), local_path: 'p', mode: 'copy', metadata } as const;
  this.outcome = outcomeOf(stored, () => entryAfterAdd(stored, request, arrived, now));
});

function filesIn(words: string): readonly ArtifactFile[] | undefined {
  if (words.includes('as other files')) return otherFiles;
  if (words.includes('as two files')) return files.reversed;
  return undefined;
}

When(/^content (D\d)(.*) is adopted for (.+)$/, function (this: ArrivalsWorld, digest: string, of: string, words: string) {
  const stored = storedIn(words);
  const known = digests[digest] as Digest;
  const ref = /, of (hf:\S+)/.exec(of)?.[1];
  const request = { id: 'm', source: 's', from, ...(ref !== undefined && { ref }) };
  const files = filesIn(of) ?? filesOf(known);
  const content = { digest: known, files, local_path: 'p', isPromised: of.includes('promised') };
  const metadata: ModelMetadata | undefined = of.includes('described') ? { format: 'gguf' } : undefined;
  this.outcome = outcomeOf(stored, () => entryAfterAdopt(stored, request, content, { metadata, now }));
});

Then('the entry stays', function (this: ArrivalsWorld) {
  expect(this.outcome).to.equal('stays');
});

Then(/^the entry becomes (\{.*\})$/, function (this: ArrivalsWorld, json: string) {
  expect(this.outcome).to.deep.equal(withWholeNames(json));
});

Then(/^the entry (is refused with .+)$/, function (this: ArrivalsWorld, told: string) {
  expect(this.outcome).to.equal(told.replace(/\b[DB]\d\b/g, (name) => digests[name] ?? name));
});

Then(
  /^before content of (\d+) bytes was hashed, adopting it for (.+) is (to adopt|known|refused as \w+)$/,
  (bytes: string, words: string, decision: string) => {
    const stored = storedIn(words);
    const content = { digest: undefined, bytes: Number(bytes), local_path: 'p', isPromised: false };
    let found: string;
    try {
      const decided = decideAdopt(stored, { id: 'm', source: 's', from }, content);
      found = decided === 'adopt' ? 'to adopt' : decided;
    } catch (error) {
      found = error instanceof CatalogError ? `refused as ${error.code}` : String(error);
    }
    expect(found).to.equal(decision);
  },
);
