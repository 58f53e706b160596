import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { canonicalJson } from '../../../src/core/canonical-json.js';
import { CatalogError } from '../../../src/core/errors.js';
import { decodeOrigin, encodeOrigin } from '../../../src/core/fleet-origin.js';
import {
  emptyGeneration,
  type FleetCollectionName,
  type FleetRecords,
  find,
  generationOf,
  records,
  stored,
} from '../../../src/core/generation.js';
import { collisionKey } from '../../../src/core/ids.js';
import { decodeIndex, encodeIndex, openIndex } from '../../../src/core/index-file.js';
import { decodeRoot, encodeRoot, newLineage } from '../../../src/core/root-file.js';
import { engineEntry, modelEntry } from '../../model-entry.js';
import type { Draws } from '../draws.js';
import { changedJson, changedLine, jsonIn } from '../json-changes.js';
import { type FuzzTarget, seeds, type Taken } from '../target.js';

const commit = 'A'.repeat(22);
const digest = `sha256:${'a'.repeat(64)}` as const;

/** Records in which every member is, and some that have little. */
export const samples: { readonly [C in FleetCollectionName]: readonly FleetRecords[C][] } = {
  models: [
    modelEntry('a', {
      ...{ ref: 'hf:org/repo', digest, digest_source: 'declared', declared: `blake3:${'b'.repeat(64)}`, bytes: 12, mode: 'copy' },
      files: [{ path: 'a-00001-of-00002.gguf', digest, bytes: 12, identity: '1:2:12:3:4' }],
      ...{ local_path: 'models/a-0123456789abcdef/a-00001-of-00002.gguf', verified_at: '2026-01-02T03:04:05.678Z' },
      ...{ last_verified_ms: 1, last_used_ms: 2, labels: { team: 'x' }, pins: [{ reason: 'demo', since: '2026-01-02T03:04:05.678Z' }] },
      metadata: {
        format: 'gguf',
        architecture: 'llama',
        parameters: 1,
        quantization: 'Q4_0',
        context_length: 1,
        warnings: ['truncated: a'],
      },
      adopted_from: { tool: 'ollama', path: '/models' },
    }),
    modelEntry('b'),
    modelEntry('Straße/ä'),
  ],
  engines: [
    engineEntry('llama.cpp:1.0.0', { build_ref: 'https://h/b', digest, build_flags: ['-O3'], sampler_profile_version: '1' }),
    engineEntry('x', { artifacts: [], binary_path: '/opt/x' }),
  ],
  holdings: [{ id: `n/${digest}`, node: 'n', digest, path: '/m/a.gguf', bytes: 12, model: 'a', instance: commit }],
};

/** The bytes of an index of these records. */
export function indexOf<C extends FleetCollectionName>(collection: C, all: readonly FleetRecords[C][]): Buffer {
  const sorted = [...all].sort((one, other) => Buffer.compare(Buffer.from(one.id), Buffer.from(other.id)));
  const lines = sorted.map((record, nth) => stored(record, nth + 1));
  const head = { collection, revision: all.length, commit, recent: [commit, 'B'.repeat(22)] };
  return Buffer.concat(encodeIndex(generationOf<{ id: string }>(head, lines)).chunks as Uint8Array[]);
}

const lastLineBytes = 88;

/** With the checksum of what stands before it. */
export function mendedIndex(bytes: Buffer): Buffer {
  const body = bytes.subarray(0, Math.max(0, bytes.byteLength - lastLineBytes));
  const checksum = createHash('sha256').update(body).digest('hex');
  return Buffer.concat([body, Buffer.from(`],"checksum":"sha256:${checksum}"}\n`)]);
}

/** Of one record, as its line or as another text of the same. */
export function changedIndex(bytes: Buffer, draws: Draws): Buffer {
  const body = bytes.subarray(0, Math.max(0, bytes.byteLength - lastLineBytes)).toString();
  const changed = changedLine(body, draws);
  return Buffer.concat([Buffer.from(draws.once(2) ? changed : canonicalLines(changed)), bytes.subarray(-lastLineBytes)]);
}

/** What was changed is canonical again where it can be, so that its members are looked at. */
function canonicalLines(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const [, body = '', comma = ''] = /^(.*?)(,?)$/s.exec(line) ?? [];
      const json = body.startsWith('{"schema"') ? undefined : parsed(body);
      return json === undefined ? line : canonicalJson(json) + comma;
    })
    .join('\n');
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return text.length < 10_000 ? value : undefined;
  } catch {
    return undefined;
  }
}

function indexTarget<C extends FleetCollectionName>(collection: C): FuzzTarget {
  return {
    name: `index of ${collection}`,
    seeds: seeds(
      indexOf(collection, samples[collection]),
      indexOf(collection, samples[collection].slice(0, 1)),
      Buffer.concat(encodeIndex(emptyGeneration(collection, commit)).chunks as Uint8Array[]),
    ),
    read: (bytes) => readIndex(collection, bytes),
    mend: mendedIndex,
    change: changedIndex,
  };
}

/** As a reader who wants all of it, and as one who wants a record. */
function readIndex<C extends FleetCollectionName>(collection: C, bytes: Buffer): Taken {
  const whole = decodeIndex(collection, bytes);
  const some = openIndex(collection, bytes, (reason) => new CatalogError('IndexCorrupt', reason));
  if (some.kind === 'intact') for (const id of ['a', 'b', 'Straße/ä', 'zz']) look(() => find(some.generation, id));
  if (whole.kind !== 'intact') return whole.kind;
  for (const { record } of records(whole.generation)) collisionKey(record.id);
  encodeIndex(whole.generation as never);
  return undefined;
}

function look(at: () => unknown): void {
  try {
    at();
  } catch (error) {
    if (!(error instanceof CatalogError)) throw error;
  }
}

const lineage = newLineage(Buffer.alloc(16, 7));

const rootFile: FuzzTarget = {
  name: 'root.json',
  seeds: seeds(encodeRoot({ store: 'fs', lineage }), encodeRoot({ store: 'journal', lineage: 'd336644c-50e2-4a37-afa4-12dfb850a09c' })),
  read: (bytes) => {
    const { kind } = decodeRoot(bytes);
    return kind === 'intact' ? undefined : kind;
  },
  mend: mendedLineages,
};

/** Each lineage of ours with the checksum that it should have. */
function mendedLineages(bytes: Buffer): Buffer {
  const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;
  const mended = bytes.toString('latin1').replace(uuid, (text) => {
    const raw = Buffer.from(text.replaceAll('-', ''), 'hex');
    return text.slice(0, 28) + crc32(raw.subarray(0, 12)).toString(16).padStart(8, '0');
  });
  return Buffer.from(mended, 'latin1');
}

const origin = {
  from: 'postgres://catalog@db.example/models',
  lineage: '378012c0-6070-441b-9160-8f32776cc5ee',
  node: 'gpu-17',
  instance: 'znAJxSKbbVyaMz4KQeq00Q',
  copy: 'D8vSDHoaq6za6TWaRYanNQ',
};
export const someOrigin = encodeOrigin(origin);

const originFile: FuzzTarget = {
  name: 'origin of a fleet',
  seeds: seeds(someOrigin),
  read: (bytes) => {
    const found = decodeOrigin(bytes);
    if (found.kind !== 'intact') return found.kind;
    encodeOrigin(found.origin);
    return undefined;
  },
  mend: mendedOrigin,
  change: (bytes, draws) => {
    const [, before = '', members = '', after = ''] = /^(.*"origin":)(.*)(,"checksum".*)$/s.exec(bytes.toString()) ?? [];
    const json = jsonIn(members);
    return json === undefined ? bytes : Buffer.from(before + changedJson(json, draws) + after);
  },
};

export function mendedOrigin(bytes: Buffer): Buffer {
  const [, body = ''] = /^(.*),"checksum":"sha256:[0-9a-f]*"\}\n?$/s.exec(bytes.toString()) ?? [];
  return body === '' ? bytes : Buffer.from(`${body},"checksum":"sha256:${createHash('sha256').update(body).digest('hex')}"}\n`);
}

export const indexTargets: readonly FuzzTarget[] = [
  indexTarget('models'),
  indexTarget('engines'),
  indexTarget('holdings'),
  rootFile,
  originFile,
];
