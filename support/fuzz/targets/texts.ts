import { InvalidArgumentError } from 'commander';
import { fitted, shortened } from '../../../src/cli/cells.js';
import { countIn, momentIn } from '../../../src/cli/history.js';
import { labelsOf } from '../../../src/cli/options.js';
import { bytesIn, durationIn } from '../../../src/cli/quantities.js';
import { printable } from '../../../src/cli/render.js';
import { resumedAt } from '../../../src/collection-token.js';
import { containedParts } from '../../../src/core/contained-path.js';
import { isDigest, parseDigest, sameDigest } from '../../../src/core/digest.js';
import { shownFleetUrl } from '../../../src/core/fleet-url.js';
import { checkNode } from '../../../src/core/holding.js';
import { checkId, collisionKey, compareUtf8 } from '../../../src/core/ids.js';
import { html } from '../../../src/core/markup.js';
import { defaultModelId, isModelFolder, modelFolder, shardNames, shardOf } from '../../../src/core/model-layout.js';
import { formatModelRef, parseModelRef } from '../../../src/core/model-ref.js';
import { nearest } from '../../../src/core/nearest.js';
import { matches, matchesGlob } from '../../../src/core/query.js';
import { isInnerPath } from '../../../src/core/records.js';
import { redactText, redactUrl } from '../../../src/core/redact.js';
import { isVersion, newestFirst } from '../../../src/engine-versions.js';
import { checkCoordinate } from '../../../src/journal/coordinate.js';
import { checkCursorId } from '../../../src/journal/cursor-checkpoint.js';
import { isEventId } from '../../../src/journal/event-id.js';
import { EventIndex } from '../../../src/journal/event-index.js';
import { parseSchedule } from '../../../src/sim/schedules/schedule.js';
import { parseAddress } from '../../../src/stores/etcd/address.js';
import { checkedMoment, collections } from '../../../src/stores/history.js';
import { entityOf, idOf, isOf } from '../../../src/stores/journal/entities.js';
import { placeOf, withoutSecrets } from '../../../src/stores/postgres/place.js';
import { engineEntry, modelEntry } from '../../model-entry.js';
import { jsonIn } from '../json-changes.js';
import { type FuzzTarget, namedSeeds, seeds } from '../target.js';

/** A reader of a text; what it gives is no refusal. */
function ofText(name: string, texts: readonly string[], read: (text: string) => unknown, more: Partial<FuzzTarget> = {}): FuzzTarget {
  return {
    name,
    seeds: seeds(...texts),
    read: (bytes) => {
      read(bytes.toString());
      return undefined;
    },
    ...more,
  };
}

const hex = 'a'.repeat(64);
const isUsage = (error: unknown): boolean => error instanceof InvalidArgumentError;

const references = ofText(
  'references of models',
  [
    ...['hf:org/repo@main/model.Q4_K_M.gguf', 'hf:org/repo:Q4_K_M', 'hf:gpt2', 'hf:a/b@refs%2Fpr%2F1/x%20y', 'file:///a/b%20c.gguf'],
    ...[
      'file://localhost/C:/x',
      './a.gguf',
      '../b',
      'C:\\models\\a.gguf',
      'https://user:pw@h:443/a/../b?revision=1&token=x#f',
      's3://b/k',
      'oci://r/n:t',
    ],
  ],
  (text) => {
    for (const options of [{}, { cwd: '/home/x' }, { cwd: 'C:\\x' }]) formatModelRef(parseModelRef(text, options));
  },
);

const digests = ofText('digests', [`sha256:${hex}`, hex.toUpperCase(), `blake3:${hex}`, `sha512:${hex}${hex}`], (text) => {
  isDigest(text);
  const json = jsonIn(text);
  const digest = parseDigest(json?.kind === 'object' ? JSON.parse(text) : text);
  sameDigest(digest, `sha256:${hex}`);
});

const ids = ofText('ids', ['org/repo@main:Q4_K_M', 'Straße', 'a', `llama.cpp:1.0@sha256:${hex}`], (text) => {
  collisionKey(text);
  compareUtf8(text, 'a\u{1f600}');
  modelFolder(text);
  entityOf('models', text.toWellFormed());
  checkId(text);
  checkNode(text);
});

const paths = ofText(
  'paths inside of a root',
  ['models/a-0123456789abcdef/b.gguf', 'blobs/sha256/aa/aa', 'b-00001-of-00002.gguf'],
  (text) => {
    isInnerPath(text);
    isModelFolder(text);
    defaultModelId(text, 'file');
    if ((shardOf(text)?.count ?? 0) <= 10_000) shardNames(text);
    containedParts(text);
  },
);

const filters = ofText(
  'globs and filters',
  ['tiny*', '*/?-GGUF', 'team=vision', '**a*b*c'],
  (text) => {
    const entry = modelEntry('org/tiny-GGUF', { labels: { team: 'vision' } });
    matches(entry, { id: text, name: text, label: text });
    matchesGlob('a'.repeat(2000), text.slice(0, 2000));
    matchesGlob(text, '*a*b?');
  },
  { takesNearlyAll: true },
);

const ranges = ofText(
  'versions and ranges of engines',
  ['1.2.3', '^1.2.0 || >=2.0.0-beta <3', '1.x', 'b4321'],
  (text) => {
    isVersion('1.2.3', text);
    isVersion(text, '^1.0.0');
    newestFirst(engineEntry('a', { version: text }), engineEntry('b'));
  },
  { takesNearlyAll: true },
);

const redaction = ofText(
  'texts that are shown',
  ['https://u:p@h/a?token=x#y', 'postgres://u:p@h/db?sslmode=1', 'a\u202eb', 'hf:a/b'],
  (text) => {
    redactUrl(text);
    redactText(text);
    shownFleetUrl(text);
    printable(text);
    html`${text}`;
    shortened(fitted(text, 40), 12);
    nearest(text, ['add', 'adopt']);
  },
  { takesNearlyAll: true },
);

const etcdAddresses = ofText('addresses of an etcd', ['etcd://u:p%40@h:2379,i/prefix', 'etcds://h', 'http://h:1?tls'], (text) =>
  parseAddress(text),
);

const postgresPlaces = ofText(
  'addresses of a PostgreSQL',
  ['postgres://u:p%40@h:5432,i/db?schema=catalog', 'postgresql://h/db?sslkey=x'],
  (text) => {
    withoutSecrets('p@', placeOf(text));
  },
);

const moments = ofText(
  'moments and quantities',
  ['42', '2026-05-01', '2026-05-01T12:00:00.5+02:00', '50GB', '1.5GiB', '30d', '500ms', 'team=x'],
  (text) => {
    const read = [
      () => momentIn(text),
      () => checkedMoment(text),
      () => countIn('--limit', text),
      () => bytesIn(text),
      () => durationIn(text),
      () => labelsOf([text]),
    ];
    const refusals = read.flatMap((one) => refusalOf(one));
    if (refusals.length === read.length) throw refusals[0];
  },
  { alsoThrows: isUsage },
);

function refusalOf(read: () => unknown): unknown[] {
  try {
    read();
    return [];
  } catch (error) {
    return [error];
  }
}

const tokens: FuzzTarget = {
  name: 'tokens of collections',
  seeds: () =>
    namedSeeds({
      first: '["blobs","sha256/aa",{"graceMs":1,"quarantine":true}]',
      second: '["evictions","",{}]',
      odd: 'WyJibG9icyIsIiIse31d',
    }),
  read: (bytes, name) => {
    resumedAt(bytes.toString(name === 'odd' ? 'utf8' : 'base64url'));
    return undefined;
  },
};

const entities = ofText(
  'entities and ids of events',
  ['model:org%2Frepo', 'engine:a', `model:~${hex}`, 'a:b', '0190a2b4-7d2e-7c31-9f00-1234567890ab', 'cursor_1'],
  (text) => {
    for (const collection of collections) if (isOf(collection, text)) idOf(collection, text);
    isEventId(text);
    new EventIndex().sequenceOf(text);
    checkCursorId(text);
    checkCoordinate({ entity: text, scope: text });
  },
);

const schedules = ofText('printed schedules', ['reader 3, writer 12', 'a 1'], parseSchedule, {
  alsoThrows: (error) => error instanceof SyntaxError,
});

export const textTargets: readonly FuzzTarget[] = [
  ...[references, digests, ids, paths, filters, ranges, redaction, etcdAddresses, postgresPlaces],
  ...[moments, tokens, entities, schedules],
];
