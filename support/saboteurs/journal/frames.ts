import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type * as EventRecords from '../../../src/journal/event-record.js';
import type * as Frames from '../../../src/journal/frame.js';
import type * as Scans from '../../../src/journal/scan.js';
import type * as Headers from '../../../src/journal/segment-header.js';
import { inModule, type ModuleSaboteur } from '../saboteur.js';
import { at, someKind } from './showing.js';

const frameModule = 'src/journal/frame.ts';
const id = '0190a2b4-7d2e-7c31-9f00-1234567890ab';
const noHash = Buffer.alloc(32);
const begins: Scans.ChainEnd = { next: 1, sequence: 1, hash: noHash, durableTo: 0 };
const hashAt = 8;
const hashEnd = 40;
const headerBytes = 120;

const checksumUnread = inModule<typeof Frames, 'frameAt'>({
  name: 'the checksum of a frame is not checked',
  breaks: 'CAT-JRN-3201',
  by: 'scenario',
  does: 'A frame is what has the length of one.',
  module: frameModule,
  names: ['frameAt'],
  substitutes: ({ frameAt }) => ({
    frameAt: (bytes, offset) => {
      const found = frameAt(bytes, offset);
      if (found.kind !== 'damaged' || !found.reason.includes('checksum')) return found;
      const mended = Buffer.from(bytes);
      const length = bytes.readUInt32LE(offset);
      mended.writeUInt32LE(crc32(mended.subarray(offset + hashAt, offset + length)), offset + 4);
      return frameAt(mended, offset);
    },
  }),
  shows: ({ encodeFrame, frameAt }) => {
    const bytes = encodeFrame(frame({ number: 1 }));
    bytes[headerBytes] = 0xff;
    return frameAt(bytes, 0).kind;
  },
});

const zeroIsFrame = inModule<typeof Frames, 'frameAt'>({
  name: 'zeros are damage',
  breaks: 'CAT-JRN-3301',
  by: 'scenario',
  does: 'The zeros that were written ahead pass for what a write left.',
  module: frameModule,
  names: ['frameAt'],
  substitutes: ({ frameAt }) => ({
    frameAt: (bytes, offset) => {
      const found = frameAt(bytes, offset);
      return found.kind === 'zeros' && offset < bytes.byteLength ? { kind: 'damaged', reason: 'its length is zero' } : found;
    },
  }),
  shows: ({ frameAt }) => frameAt(Buffer.alloc(8), 0).kind,
});

const bodyAlone = inModule<typeof Frames, 'encodeFrame' | 'hasRightHash'>({
  name: 'the chain covers payloads alone',
  breaks: 'CAT-JRN-3005',
  by: 'scenario',
  does: 'What a frame says of itself is not in its hash.',
  module: frameModule,
  names: ['encodeFrame', 'hasRightHash'],
  substitutes: ({ encodeFrame }) => ({
    encodeFrame: (asked) => {
      const bytes = encodeFrame(asked);
      hashOfBody(asked.body).copy(bytes, hashAt);
      bytes.writeUInt32LE(crc32(bytes.subarray(hashAt)), 4);
      return bytes;
    },
    hasRightHash: (_bytes, { body, hash }) => hashOfBody(body).equals(hash),
  }),
  shows: ({ encodeFrame }) => [1, 2].map((number) => encodeFrame(frame({ number })).subarray(hashAt, hashEnd).toString('hex')),
});

const hashUnread = inModule<typeof Frames, 'hasRightHash'>({
  name: 'hashes are not computed',
  breaks: 'CAT-JRN-3005',
  by: 'scenario',
  does: 'Who verifies believes the hash that a frame bears.',
  module: frameModule,
  names: ['hasRightHash'],
  substitutes: () => ({ hasRightHash: () => true }),
  shows: ({ encodeFrame, frameAt, hasRightHash }) => {
    const bytes = encodeFrame(frame({ number: 1 }));
    const found = frameAt(bytes, 0);
    bytes[headerBytes] = 0xff;
    return found.kind === 'frame' && hasRightHash(bytes, found.frame);
  },
});

const unmarked = inModule<typeof Frames, 'encodeFrame'>({
  name: 'frames do not say what was durable',
  breaks: 'CAT-JRN-3302',
  by: 'scenario',
  does: 'No frame says of those before it that they were durable.',
  module: frameModule,
  names: ['encodeFrame'],
  substitutes: ({ encodeFrame }) => ({ encodeFrame: (asked) => encodeFrame({ ...asked, durableTo: 0 }) }),
  shows: ({ encodeFrame }) => encodeFrame(frame({ number: 3, durableTo: 2 })).toString('hex'),
});

const anyNumber = following('a frame of any number follows', 'A frame follows whatever number it bears.', ({ number }) => ({
  next: number,
}));
const anySequence = following('a frame of any sequence follows', 'A frame follows whatever sequence it bears.', ({ sequence }) => ({
  sequence,
}));
const anyBefore = following('a frame follows any other', 'A frame follows whichever frame is before it.', ({ previousHash }) => ({
  hash: previousHash,
}));

const tornIsDamage = judging({
  name: 'a torn tail is damage',
  breaks: 'CAT-JRN-3301',
  does: 'A journal whose last write was cut short is refused.',
  judge: (rest, end) => (rest.kind === 'torn' ? { kind: 'damaged', offset: end, reason: rest.reason } : rest),
});

const damageIsTorn = judging({
  name: 'damage is cut',
  breaks: 'CAT-JRN-3302',
  does: 'What was durable and is damaged is cut off, with all that follows it.',
  judge: (rest, end, bytes) => (rest.kind === 'damaged' ? { kind: 'torn', bytes: bytes.byteLength - end, reason: rest.reason } : rest),
});

const fenceUnread = scanning({
  name: 'a fence needs no commit',
  breaks: 'CAT-JRN-3105',
  does: 'Whoever opens a journal reads what lies under a fence like anything else.',
  scan: (scan) => (bytes, offset, chain) => {
    const found = scan(bytes, offset, chain);
    return { ...found, frames: found.frames.map((one) => (one.type === 'events' ? { ...one, fence: 0 } : one)) };
  },
});

const beforeLeftOut = inModule<typeof EventRecords, 'eventHashOf'>({
  name: 'the hash of an event stands alone',
  breaks: 'CAT-JRN-3005',
  by: 'scenario',
  does: 'The hash of an event does not cover that of the one before it of its entity.',
  module: 'src/journal/event-record.ts',
  names: ['eventHashOf'],
  substitutes: ({ eventHashOf }) => ({ eventHashOf: (event, sequence) => eventHashOf(event, sequence, noHash) }),
  shows: ({ eventHashOf }) => [0, 1].map((byte) => eventHashOf(event, 1, Buffer.alloc(32, byte)).toString('hex')),
});

const causeLost = inModule<typeof EventRecords, 'encodeEvent'>({
  name: 'a cause is not kept',
  breaks: 'CAT-JRN-3003',
  by: 'scenario',
  does: 'Because of what an event happened is not written down.',
  module: 'src/journal/event-record.ts',
  names: ['encodeEvent'],
  substitutes: ({ encodeEvent }) => ({ encodeEvent: (asked) => encodeEvent({ ...asked, causation: undefined }) }),
  shows: ({ encodeEvent }) => encodeEvent(event).toString('hex'),
});

const newerRead = inModule<typeof Headers, 'decodeSegmentHeader'>({
  name: 'a newer segment is read',
  breaks: 'CAT-JRN-3203',
  by: 'scenario',
  does: 'A segment of a newer version is read as if it were of this one.',
  module: 'src/journal/segment-header.ts',
  names: ['decodeSegmentHeader'],
  substitutes: ({ decodeSegmentHeader, segmentVersion }) => ({
    decodeSegmentHeader: (bytes) => {
      const decoded = decodeSegmentHeader(bytes);
      return decoded.kind === 'newer' ? decodeSegmentHeader(ofVersion(bytes, segmentVersion)) : decoded;
    },
  }),
  shows: ({ decodeSegmentHeader, encodeSegmentHeader }) => decodeSegmentHeader(ofVersion(encodeSegmentHeader(someHeader), 2)).kind,
});

export const frameSaboteurs: readonly ModuleSaboteur[] = [
  checksumUnread,
  zeroIsFrame,
  bodyAlone,
  hashUnread,
  unmarked,
  anyNumber,
  anySequence,
  anyBefore,
  tornIsDamage,
  damageIsTorn,
  fenceUnread,
  beforeLeftOut,
  causeLost,
  newerRead,
];

/** A frame that is there, but is not the next one, is read on from as if the one before it had said so. */
function following(
  name: string,
  does: string,
  believed: (frame: Frames.FoundFrame) => Partial<Pick<Scans.ChainEnd, 'next' | 'sequence' | 'hash'>>,
): ModuleSaboteur {
  return scanning({
    name,
    breaks: 'CAT-JRN-3005',
    does,
    scan: (scan) => {
      const goingOn: Scan = (bytes, offset, chain) => {
        const found = scan(bytes, offset, chain);
        const next = found.rest.kind === 'clean' ? undefined : frameOf(bytes, found.end);
        if (next === undefined) return found;
        const rest = scan(bytes, found.end, { ...found.chain, ...believed(next) });
        if (rest.frames.length === 0) return found;
        const end = goingOn(bytes, rest.end, rest.chain);
        return { ...end, frames: [...found.frames, ...rest.frames, ...end.frames] };
      };
      return goingOn;
    },
  });
}

type Scan = typeof Scans.scan;

function judging({
  judge,
  ...declared
}: Pick<ModuleSaboteur, 'name' | 'breaks' | 'does'> & {
  readonly judge: (rest: Scans.Rest, end: number, bytes: Buffer) => Scans.Rest;
}): ModuleSaboteur {
  return scanning({
    ...declared,
    scan: (scan) => (bytes, offset, chain) => {
      const found = scan(bytes, offset, chain);
      return { ...found, rest: judge(found.rest, found.end, bytes) };
    },
  });
}

function scanning({
  scan: other,
  ...declared
}: Pick<ModuleSaboteur, 'name' | 'breaks' | 'does'> & { readonly scan: (scan: Scan) => Scan }): ModuleSaboteur {
  return inModule<typeof Scans, 'scan'>({
    ...declared,
    by: 'scenario',
    module: 'src/journal/scan.ts',
    names: ['scan'],
    substitutes: ({ scan }) => ({ scan: other(scan) }),
    shows: async ({ scan }) => {
      const tails = await someTails();
      return tails.map((bytes) => {
        const { frames, rest } = scan(bytes, 0, begins);
        return { fences: frames.map(({ fence }) => fence), rest: rest.kind };
      });
    },
  });
}

/** One frame, and behind it what does not follow it, what was cut short, and what was durable and is damaged. */
async function someTails(): Promise<readonly Buffer[]> {
  const { encodeFrame, frameHash } = await import('../../../src/journal/frame.js');
  const first = encodeFrame(frame({ number: 1 }));
  const [previousHash, other] = [frameHash(first), Buffer.alloc(32, 7)];
  const second = encodeFrame(frame({ number: 2, previousHash }));
  const third = encodeFrame(frame({ number: 3, previousHash: frameHash(second), durableTo: 2 }));
  return [
    encodeFrame(frame({ number: 9, sequence: 2, previousHash })),
    encodeFrame(frame({ number: 2, sequence: 9, previousHash })),
    encodeFrame(frame({ number: 2, previousHash: other })),
    encodeFrame(frame({ number: 2, previousHash, fence: 2 })),
    second.subarray(0, -8),
    Buffer.concat([second.fill(0xff, headerBytes), third]),
  ].map((behind) => Buffer.concat([first, behind]));
}

function frame(asked: Partial<Frames.Frame> & { readonly number: number }): Frames.Frame {
  const body = Buffer.from('a body ');
  return { type: 'events', count: 1, sequence: asked.number, durableTo: 0, fence: 0, previousHash: noHash, body, ...asked };
}

const event: EventRecords.EventRecord = {
  id,
  coordinate: at,
  kind: someKind,
  wallMs: 1,
  version: 1,
  correlation: id,
  causation: id,
  payloadVersion: 1,
  gates: Buffer.alloc(0),
  payload: Buffer.from('1'),
};

const someHeader: Headers.SegmentHeader = {
  number: 1,
  firstFrame: 1,
  sequence: 1,
  lineage: id,
  previousHash: noHash,
  createdMs: 1,
  durableTo: 0,
};

function hashOfBody(body: Buffer): Buffer {
  return createHash('sha256').update(body).digest();
}

/** What begins there as a frame does, whether or not it follows. */
function frameOf(bytes: Buffer, offset: number): Frames.FoundFrame | undefined {
  if (bytes.byteLength < offset + headerBytes) return undefined;
  const number = (place: number): number => Number(bytes.readBigUInt64LE(offset + place));
  const previousHash = bytes.subarray(offset + hashEnd, offset + hashEnd + 32);
  return { number: number(80), sequence: number(88), previousHash } as Frames.FoundFrame;
}

function ofVersion(header: Buffer, version: number): Buffer {
  const bytes = Buffer.from(header);
  bytes.writeUInt32LE(version, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 124)), 124);
  return bytes;
}
