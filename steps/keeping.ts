import { randomBytes } from 'node:crypto';
import { type DataTable, Given, Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { evictionsFor } from '../src/core/budget.js';
import type { Digest } from '../src/core/digest.js';
import { isCatalogError } from '../src/core/errors.js';
import { idOfClaim, keepersByDigest, type Roots } from '../src/core/keepers.js';
import { pinned, unpinned } from '../src/core/pins.js';
import type { ModelEntry } from '../src/core/records.js';
import { affordableBytes, reserveChunks, reserveMark } from '../src/core/reserve.js';
import { engineEntry, modelEntry } from '../support/model-entry.js';
import { unfolded } from '../support/table-cells.js';
import type { CatalogWorld } from '../support/world.js';

const digest: Digest = `sha256:${'a'.repeat(64)}`;
const files = [{ path: 'a', digest, bytes: 1 }];
const nothing: Roots = { claims: [], leases: [], models: [], engines: [] };
const dayMs = 86_400_000;
const now = new Date('2026-03-04T05:06:07.089Z');

interface KeepingWorld extends CatalogWorld {
  models: readonly ModelEntry[];
}

Given('these models of files, which some of them share:', function (this: KeepingWorld, table: DataTable) {
  this.models = table.hashes().map(({ id = '', files: all = '', days, keeps = '' }) =>
    modelEntry(id, {
      files: all.split(' ').map((file) => {
        const [name = '', bytes] = file.split(':');
        return { path: name, digest: `sha256:${name.repeat(64)}`, bytes: Number(bytes) };
      }),
      mode: keeps === 'lies elsewhere' ? 'reference' : 'copy',
      last_used_ms: now.getTime() - Number(days) * dayMs,
      ...(keeps === 'a pin' && { pins: [{ reason: 'the demo', since: now.toISOString() }] }),
      ...(keeps === "another's" && { adopted_from: { tool: 'ollama', path: '/ollama' } }),
    }),
  );
});

const reasons = { room: 'least recently used, and over the budget', age: 'not used for longer than was asked' } as const;

Then(
  /^(at most|not older than) ([\d.]+) (?:bytes|days) evicts (nothing|.*(?=, for)(?:, for (?:room|age))), and leaves (\d+) bytes over the budget$/,
  function (this: KeepingWorld, kind: string, limit: string, gone: string, over: string) {
    const budget = kind === 'at most' ? { maxBytes: Number(limit) } : { olderThanMs: Number(limit) * dayMs };
    const isLeased = (id: string): boolean => id === 'leased';
    const { evictions, overBytes } = evictionsFor(this.models, { ...budget, keepActive: true }, { nowMs: now.getTime(), isLeased });
    const [, ids = '', why] = /^(.*), for (room|age)$/.exec(gone) ?? [];
    const expected = ids.split(/, | and /).filter((id) => id !== '');
    expect(evictions.map(({ entry }) => entry.id)).to.deep.equal(expected);
    expect(new Set(evictions.map(({ reason }) => reason))).to.deep.equal(new Set(why ? [reasons[why as keyof typeof reasons]] : []));
    expect(overBytes).to.equal(Number(over));
  },
);

Then(/^a pin for the reason (.*) is refused with (\w+), about "(\w+)"$/, (reason: string, code: string, argument: string) => {
  expect(() => pinned(modelEntry('a'), JSON.parse(reason), now))
    .to.throw()
    .that.satisfies(isCatalogError)
    .and.deep.includes({
      code,
      details: { argument },
    });
});

Then('a model without pins is the same without its pins, and one with pins has that member no more', () => {
  const entry = modelEntry('a');
  expect(unpinned(entry)).to.equal(entry);
  expect(unpinned(pinned(entry, 'the demo', now))).to.deep.equal(entry);
});

Then(/^an engine with the artifact "(.*)" keeps "(.*)" and nothing else$/, (artifact: string, kept: string) => {
  const engines = [engineEntry('e', { artifacts: [unfolded(artifact)] })];
  expect([...keepersByDigest({ ...nothing, engines })]).to.deep.equal([[unfolded(kept), [{ kind: 'engine', id: 'e' }]]]);
});

Then(/^a model whose files lie at "(.*)" keeps (its blob|nothing)$/, (path: string, kept: string) => {
  const models = [modelEntry('m', { files, ...(path !== '' && { local_path: path }) })];
  expect([...keepersByDigest({ ...nothing, models }).keys()]).to.deep.equal(kept === 'nothing' ? [] : [digest]);
});

Then('a blob that a claim, a lease, a model with two pins and an engine share is kept by all of them, in this order', () => {
  const pins = [1, 2].map((nth) => ({ reason: `reason ${nth}`, since: now.toISOString() }));
  const kept = keepersByDigest({
    claims: [{ path: '/ingest/1', of: { id: 'c' }, digests: [digest, digest] }],
    leases: [{ id: 'l', digests: [digest] }],
    models: [modelEntry('m', { files: [...files, { path: 'b', digest, bytes: 1 }], pins }), modelEntry('empty')],
    engines: [engineEntry('e', { artifacts: [digest] })],
  });
  const keepers = ['ingest c', 'lease l', 'entry m', 'pin m', 'pin m', 'engine e'];
  expect([...kept.keys()]).to.deep.equal([digest]);
  expect(kept.get(digest)?.map(({ kind, id }) => `${kind} ${id}`)).to.deep.equal(keepers);
});

Then('an add without an id is known by its folder, and without that by its path', () => {
  const ids = [{ id: 'c', folder: 'f' }, { folder: 'f' }, {}].map((of) => idOfClaim({ path: '/ingest/1', of, digests: [] }));
  expect(ids).to.deep.equal(['c', 'f', '/ingest/1']);
});

Then(
  /^of (\d+) free bytes a reserve of (\d+) that was (given up|never made) takes (\d+)$/,
  (free: string, wanted: string, was: string, taken: string) => {
    expect(affordableBytes(Number(wanted), Number(free), { wasGivenUp: was === 'given up' })).to.equal(Number(taken));
  },
);

Then(/^a reserve of (\d+) bytes is written in pieces of (.*), with the mark before all of them$/, (bytes: string, pieces: string) => {
  const written = [...reserveChunks(Number(bytes), randomBytes)].map((piece) => Buffer.from(piece));
  expect(written.map(({ length }) => length)).to.deep.equal(pieces.split(' and ').map(Number));
  expect(written.map((piece) => piece.indexOf(reserveMark))).to.deep.equal(written.map((_, nth) => (nth === 0 ? 0 : -1)));
});
