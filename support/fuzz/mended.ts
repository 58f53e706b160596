import { aboutIn } from '../../packages/provisioner/src/downloads.js';
import { readyIn } from '../../packages/provisioner/src/engine-provisioner.js';
import { shownUrl } from '../../packages/provisioner/src/shown-url.js';
import { lmStudioModels } from '../../src/adopt/lm-studio.js';
import { isWholeClaim } from '../../src/artifacts/claims.js';
import { leasesIn } from '../../src/artifacts/leases.js';
import { modelDetails, type Screen, warningLines } from '../../src/cli/render.js';
import { storyOf } from '../../src/cli/story.js';
import { answerIn } from '../../src/conformance/json-lines.js';
import { decodeOrigin } from '../../src/core/fleet-origin.js';
import type { ModelEntry } from '../../src/core/records.js';
import { openFile, runSync } from '../../src/disk/program.js';
import { SimulatedDisk } from '../../src/disk/simulated-disk.js';
import { decodeCancelledRanges, encodeCancelledRanges } from '../../src/journal/cancelled-ranges.js';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/journal/checkpoint.js';
import { decodeCursor, encodeCursor } from '../../src/journal/cursor-checkpoint.js';
import { passedOf } from '../../src/journal/event.js';
import { EventIndex } from '../../src/journal/event-index.js';
import { encodeEvent } from '../../src/journal/event-record.js';
import { encodeFrame, type Frame, noHash } from '../../src/journal/frame.js';
import { Journal } from '../../src/journal/journal.js';
import { kind } from '../../src/journal/kind.js';
import { decodeProjection, encodeProjection } from '../../src/journal/projection-file.js';
import { scan } from '../../src/journal/scan.js';
import { encodeSegmentHeader } from '../../src/journal/segment-header.js';
import { eventAt } from '../../src/journal/stored-event.js';
import { parseSchedule } from '../../src/sim/schedules/schedule.js';
import { parseAddress } from '../../src/stores/etcd/address.js';
import { eventIn } from '../../src/stores/etcd/events.js';
import { leaseIn } from '../../src/stores/etcd/lease-value.js';
import { transactionAnswer } from '../../src/stores/etcd/wire.js';
import { memberChanges } from '../../src/stores/history.js';
import { idOf } from '../../src/stores/journal/entities.js';
import { changeIn, recordPut } from '../../src/stores/journal/record-events.js';
import { leaseIn as leaseInRow } from '../../src/stores/postgres/leases.js';
import { entryIn } from '../../src/stores/postgres/past.js';
import { coverageIn } from '../../src/trace/coverage.js';
import { matcherOf } from '../../src/trace/pattern.js';
import { requirementsIn } from '../../src/trace/requirements.js';
import { modelEntry } from '../model-entry.js';
import { framesInFrames, framesOf, mendedJournalFile } from './targets/forging.js';
import { mendedOrigin, someOrigin } from './targets/index-files.js';

const id = '0190a2b4-7d2e-7c31-9f00-1234567890ab';
const note = kind(0x1, 0x001);
const screen = { isTerminal: false, color: false, columns: undefined };
const token = 'A'.repeat(22);
const keyValue = { key: 'k', modRevision: 1, version: 1, lease: '0' };
const row = {
  revision: '1',
  collection: 'models',
  id: 'a',
  text: null,
  client: 'c',
  ms: '0',
  author: '{"pid":1,"host":"h","command":"c"}',
};

/** What the fuzzing had to find before it was refused, or done without harm: by the words of the scenario. */
export const mended: Readonly<Record<string, () => unknown>> = {
  'an origin of a fleet that says null': () => decodeOrigin(originOf('null')).kind,
  'an origin of a fleet that is no JSON': () => decodeOrigin(originOf('{')).kind,
  'an origin of a fleet whose node is a number': () => decodeOrigin(originOf(`{"copy":"${token}","node":7}`)).kind,
  'a lease that says null': () => {
    const disk = new SimulatedDisk().plant(`/root/leases/${'0'.repeat(32)}-${token}.json`, 'null');
    return runSync(leasesIn('/root'), disk)[0]?.holder.startsWith('unknown') ? 'damaged' : undefined;
  },
  'a claim that says null': () => {
    const disk = new SimulatedDisk().plant('/claim', '{"schema":"catalog-core/claim",').plant('/null', 'null');
    return runSync(isWholeClaim(runSync(openFile('/null'), disk)), disk) ? 'a claim' : 'none';
  },
  'a state of a projection that is no JSON': () => {
    const bytes = encodeProjection('i', { lineage: id, lastEvent: id, sequence: 1, events: 1, state: 1 });
    return decodeProjection(mendedJournalFile(Buffer.concat([bytes ?? Buffer.alloc(0), Buffer.from('}')]))).kind;
  },
  'a place of a consumer beyond 2^53': () => decodeCursor(encodeCursor({ lineage: id, region: '', position: 2 ** 60 })).kind,
  'a cancelled range beyond 2^53': () => decodeCancelledRanges(encodeCancelledRanges([{ from: 1, to: 2 ** 60 }])).kind,
  'a checkpoint in which an event follows itself': () =>
    decodeCheckpoint(checkpointWith((bytes) => bytes.writeUInt32LE(1, previousAt))).kind,
  'a checkpoint in which an event has 2 GiB': () =>
    decodeCheckpoint(checkpointWith((bytes) => bytes.writeUInt32LE(2 ** 31 - 1, lengthAt))).kind,
  'an event whose payload is no JSON': () => eventAt(eventWith('{'), 0)?.parsedPayload,
  'an event whose gates are no list of what they said': () => passedOf(Buffer.from('{"gate":1}'), id),
  'an event of a record that says null': () => changeOf('null'),
  'an event of a record that nobody changed': () => changeOf('{"id":"a"}'),
  'an entity that no id is encoded as': () => idOf('models', 'model:%zz') ?? 'no id',
  'a frame that says that it has 2^32 - 1 events': () => salvaged({ count: 2 ** 32 - 1 }),
  'a frame 2^50 sequences behind those before it': () => salvaged({ sequence: 2 ** 50 }),
  'a megabyte in which a frame seems to begin at every place': () => quickly(() => scan(framesInFrames(2 ** 20), 0, begins).rest.kind),
  'a receipt that says null': () => journalOf({}).verifyReceipt(null as never),
  'a receipt whose hash is an object': () =>
    journalOf({}).verifyReceipt({ event_id: id, sequence: 1, content_hash: { toString: 1 } as never, event_hash: '' }),
  'an entity that has 2^32 - 1 events': () => journalOf({ version: 2 ** 32 - 1 }, { readOnly: false }).append(coordinate, note, 1),
  'a lease in an etcd that says null': () => leaseIn({ ...keyValue, value: 'null' }),
  'an event in an etcd that nobody made': () =>
    eventIn('r', { ...keyValue, value: '{"collection":"models","id":"a","change":"added","at":"","part_of":""}' }),
  'an answer of an etcd with a number for a list': () => transactionAnswer({ responses: 7 }),
  'an answer of an etcd with a key that is an object': () => transactionAnswer({ responses: [{ response_range: { kvs: [{ key: {} }] } }] }),
  'an address of an etcd with 60,000 slashes': () => quickly(() => parseAddress(`etcd://h/${'/'.repeat(60_000)}x/`)) && 'read',
  'a row of a PostgreSQL that nobody wrote': () => entryIn({ ...row, author: 'null' }),
  'a row of a PostgreSQL of another collection': () => entryIn({ ...row, collection: '__proto__' }),
  'a row of a PostgreSQL with a time that is none': () => leaseInRow({ ...row, expires_ms: 'never' }),
  'an answer in JSON lines whose message is an object': () => errorIn('{"id":1,"error":{"code":"Busy","message":{"toString":1}}}'),
  'metadata whose warnings are a number': () => shown({ metadata: { warnings: 7 } as never }),
  'a pin whose reason has 120,000 wide characters': () =>
    quickly(() => shown({ pins: [{ reason: '漢'.repeat(120_000), since: '' }] }, { ...screen, columns: 80 })),
  'a record with a member called toString': () => shown({ toString: 'x' } as never),
  'a pattern of files with a brace that does not close': () => matcherOf('src/{a,b'),
  'a pattern of files with forty stars': () => (quickly(() => matcherOf('*a'.repeat(40))(`${'a'.repeat(250)}b`)) ? 'named' : 'not named'),
  'a specification with 60,000 commas': () => quickly(() => requirementsIn(specification(','.repeat(60_000)), { id: 'R-\\d' })) && 'read',
  'coverage with an object for a piece': () => coverageIn('{"a.feature:1":[{"toString":1}]}') ?? 'none',
  'what a download is of, which says null': () => aboutIn('null'),
  'an engine that was prepared with an object for its artifacts': () => readyIn('/', '{"artifacts":{}}') ?? 'prepared anew',
  'an address without a host, and a password in it': () => shownUrl('x:user:password@h/p'),
  'a schedule of 10^15 steps': () => parseSchedule('reader 1000000000000000'),
  'a folder of LM Studio that is no absolute path': () => {
    const disk = new SimulatedDisk().plant('/home/.lmstudio/settings.json', '{"downloadsFolder":"models"}');
    return runSync(lmStudioModels('/home'), disk) === '/home/.lmstudio/models' ? 'passed over' : undefined;
  },
};

/** In less time than a hostile input may take; what took quadratic time took many times as long. */
function quickly<T>(work: () => T): T {
  const began = process.cpuUsage();
  const done = work();
  const { user, system } = process.cpuUsage(began);
  if (user + system > 1_000_000) throw new Error('it took more than a second of the processor');
  return done;
}

function originOf(members: string): Buffer {
  return mendedOrigin(Buffer.from(someOrigin.toString().replace(/"origin":\{.*\},"checksum"/s, `"origin":${members},"checksum"`)));
}

const specification = (text: string) => ({ path: 'a.md', text: `- [R-1] Title\n  - It MUST be ${text}x and MUST be read.\n` });

// A checkpoint of one segment and one event.

const [previousAt, lengthAt] = [144 + 8 + 20, 144 + 8 + 16];

function checkpointWith(change: (bytes: Buffer) => unknown): Buffer {
  const index = new EventIndex();
  index.add({ segment: 1, offset: 248, length: 60, sequence: 1, id, entity: 'a', version: 1, wallMs: 1 });
  const chain = { next: 2, sequence: 2, hash: noHash, durableTo: 1 };
  const segments = [{ number: 1, end: 400, size: 400 }];
  const bytes = Buffer.concat(encodeCheckpoint({ lineage: id, chain, lastFrame: { segment: 1, offset: 128 }, segments, index }));
  change(bytes);
  return mendedJournalFile(bytes);
}

// A journal of one segment, with a frame of one event.

const coordinate = { entity: 'a', scope: 's' };
const begins = { next: 1, sequence: 1, hash: noHash, durableTo: 0 };

function eventWith(payload: string, version = 1): Buffer {
  const header = { id, coordinate, kind: note, wallMs: 1, version, correlation: id, causation: undefined, payloadVersion: 1 };
  return encodeEvent({ ...header, gates: Buffer.alloc(0), payload });
}

function changeOf(payload: string): unknown {
  const event = { coordinate: { entity: 'model:a', scope: 'catalog' }, kind: recordPut, payloadVersion: 1, payload: Buffer.from(payload) };
  return changeIn('models', event);
}

function diskOf({ version = 1, ...frame }: Partial<Frame> & { readonly version?: number }): SimulatedDisk {
  const header = { number: 1, firstFrame: 1, sequence: 1, lineage: id, previousHash: noHash, createdMs: 1, durableTo: 0 };
  const plain = { type: 'events', number: 1, count: 1, sequence: 1, durableTo: 0, fence: 0, previousHash: noHash } as const;
  const made = encodeFrame({ ...plain, body: eventWith('1', version), ...frame });
  return new SimulatedDisk().plant('/journal/000001.seg', Buffer.concat([encodeSegmentHeader(header), made]));
}

function journalOf(frame: Parameters<typeof diskOf>[0], { readOnly = true } = {}): Journal {
  return Journal.open({ directory: '/journal', disk: diskOf(frame), readOnly });
}

/** How many events were saved, and how many frames it took. */
function salvaged(frame: Parameters<typeof diskOf>[0]): string {
  const disk = diskOf(frame);
  const { events } = quickly(() => Journal.salvage('/journal', '/salvaged', { disk }));
  const frames = framesOf(Buffer.from(disk.bytesAt('/salvaged/000001.seg'))).length;
  return `${events} saved in ${frames} frames`;
}

function shown(rest: Partial<ModelEntry>, on: Screen = screen): string {
  const model = modelEntry('a', rest);
  modelDetails(model, { revision: 1, drift: [], leases: [] }, on);
  warningLines(model, on);
  const members = memberChanges(modelEntry('b'), model);
  const entry = { revision: 1, event_id: 'e', at: '', collection: 'models', id: 'a', change: 'changed', part_of: 'p', members } as const;
  storyOf({ ...entry, by: { pid: 1, host: 'h', command: 'c' } }, () => 1);
  return 'shown';
}

function errorIn(line: string): unknown {
  const answer = answerIn(line);
  throw answer instanceof Error ? answer : answer.error;
}
