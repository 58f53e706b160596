import { sentenceOf, storyOf } from '../../../src/cli/story.js';
import { answerIn } from '../../../src/conformance/json-lines.js';
import { canonicalJson } from '../../../src/core/canonical-json.js';
import { afterChanges } from '../../../src/core/following.js';
import { emptyGeneration } from '../../../src/core/generation.js';
import { jsonIn } from '../../../src/core/json.js';
import { entryOf } from '../../../src/stores/etcd/etcd-history.js';
import { lineageIn } from '../../../src/stores/etcd/etcd-server.js';
import { extentIn } from '../../../src/stores/etcd/event-log.js';
import { type EventHead, eventIn, eventText, recordParts } from '../../../src/stores/etcd/events.js';
import { Forgotten, gatewayError, isStaleToken, Unreachable } from '../../../src/stores/etcd/gateway-errors.js';
import { fenced, leaseIn } from '../../../src/stores/etcd/lease-value.js';
import { grantAnswer, type KeyValue, transactionAnswer, watchAnswer } from '../../../src/stores/etcd/wire.js';
import { collections } from '../../../src/stores/history.js';
import { leaseIn as leaseOf } from '../../../src/stores/postgres/leases.js';
import { entryIn } from '../../../src/stores/postgres/past.js';
import { factsIn, weaknessOf } from '../../../src/stores/postgres/server-checks.js';
import { recordIn } from '../../../src/stores/stored-text.js';
import { type FuzzTarget, seeds } from '../target.js';
import { samples } from './index-files.js';

const encoded = (text: string): string => Buffer.from(text).toString('base64');
const model = canonicalJson(samples.models[0]);
const head: EventHead = {
  collection: 'models',
  change: 'changed',
  ...{ id: 'a', previous: '000000000000/x', at: '2026-01-02T03:04:05.678Z' },
  ...{ by: { pid: 1, host: 'h', command: 'c' }, operation: 'add', reason: 'r', because_of: 'x', part_of: 'y' },
};
const reference = '000000000000/0190a2b4-7d2e-7c31-9f00-1234567890ab';
const stored = { key: reference, modRevision: 7, version: 1, lease: '0' } as const;
const keptUnder = (value: string): KeyValue => ({ ...stored, value });

const keyValue = { key: encoded('/catalog/head'), value: encoded(model), mod_revision: '7', version: '2', lease: '1' };
const answers = {
  transaction: {
    header: { cluster_id: '1', revision: '9' },
    succeeded: true,
    responses: [{ response_range: { kvs: [keyValue], more: true } }],
  },
  watch: {
    result: {
      header: { cluster_id: '1', revision: '9' },
      events: [{ kv: keyValue }],
      compact_revision: '3',
      canceled: true,
      cancel_reason: 'x',
    },
  },
  refusal: { error: 'etcdserver: mvcc: database space exceeded', message: 'x', code: 8 },
  grant: { ID: '1', TTL: '60', header: {} },
};

const gateway: FuzzTarget = {
  name: 'answers of an etcd',
  seeds: seeds(...Object.values(answers).map((answer) => JSON.stringify(answer))),
  read: (bytes) => {
    const body = jsonIn(bytes.toString());
    // So much of it is looked at by who asked.
    if (typeof body !== 'object' || body === null) return 'no answer';
    const failure = gatewayError(400, body, 'etcd://h');
    const { ranges, header } = transactionAnswer(body);
    const values = new Map(ranges.flatMap(({ found }) => found.map((one) => [one.key, one] as const)));
    extentIn({ values, ranges, revision: header.revision }, { head: '/catalog/head', floor: '/catalog/floor' });
    watchAnswer(body);
    grantAnswer(body);
    return isStaleToken(failure) || failure instanceof Unreachable || failure instanceof Forgotten ? failure.constructor.name : undefined;
  },
};

const lineages: FuzzTarget = {
  name: 'lineage in an etcd',
  seeds: seeds('{"schema":1,"lineage":"378012c0-6070-441b-9160-8f32776cc5ee"}'),
  read: (bytes) => {
    lineageIn(bytes.toString());
    return undefined;
  },
};

const leases: FuzzTarget = {
  name: 'leases in an etcd',
  seeds: seeds('{"holder":"h","epoch":3,"expires_at":"2026-01-02T03:04:05.678Z"}'),
  read: (bytes) => {
    fenced({ name: 'n', epoch: 1 }, leaseIn(keptUnder(bytes.toString())));
    return undefined;
  },
};

const events: FuzzTarget = {
  name: 'events in an etcd',
  seeds: seeds(eventText(head, model), eventText({ ...head, change: 'removed' }, undefined), 'void'),
  read: (bytes) => {
    const event = eventIn(reference, keptUnder(bytes.toString()));
    if (event === undefined) return 'void';
    if (!collections.some((one) => one === event.collection)) return 'no history';
    const entry = entryOf(event, undefined);
    storyOf(entry, () => 1);
    sentenceOf(entry);
    return undefined;
  },
};

const records: FuzzTarget = {
  name: 'records on a server',
  seeds: seeds(`${reference}\n${model}`),
  read: (bytes) => {
    const { text } = recordParts(bytes.toString());
    const { record, revision } = recordIn('models', { id: 'a', text, revision: 1 });
    afterChanges(emptyGeneration('models', 'c'), [{ id: 'a', record, revision }], { revision, commit: 'c' });
    return undefined;
  },
};

const row = {
  ...{ revision: '3', collection: 'models', id: 'a', text: model, client: 'x', ms: '1767323045678', author: JSON.stringify(head.by) },
  ...{ operation: 'add', reason: null, operation_id: 'y', before: null, cause: 'z' },
  ...{ version: '160001', fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on', in_recovery: 'false', encoding: 'UTF8' },
  ...{ name: 'n', holder: 'h', epoch: '1', expires_ms: '1767323045678' },
};

/** A row has texts and nothing else, whatever the tables hold: that is what the driver is told. */
const rows: FuzzTarget = {
  name: 'rows of a PostgreSQL',
  seeds: seeds(JSON.stringify(row), JSON.stringify({ ...row, text: null, before: model })),
  read: (bytes) => {
    const body = jsonIn(bytes.toString());
    if (typeof body !== 'object' || body === null) return 'no row';
    const told = Object.entries(body).map(([name, value]) => [name, typeof value === 'string' ? value : null]);
    const plain = Object.fromEntries(told) as Record<string, string | null>;
    weaknessOf(factsIn(plain));
    leaseOf(plain);
    const entry = entryIn(plain);
    storyOf(entry, () => 1);
    sentenceOf(entry);
    return undefined;
  },
};

const lines: FuzzTarget = {
  name: 'answers of a store that speaks JSON lines',
  seeds: seeds(
    '{"id":1,"result":{"record":{"id":"a"},"revision":1}}',
    '{"id":2,"error":{"code":"RevisionConflict","message":"m","details":{"found":3}}}',
    'null',
  ),
  read: (bytes) => {
    const answer = answerIn(bytes.toString());
    if (answer instanceof Error) return 'no answer';
    return answer.error && 'error';
  },
};

export const serverTargets: readonly FuzzTarget[] = [gateway, lineages, leases, events, records, rows, lines];
