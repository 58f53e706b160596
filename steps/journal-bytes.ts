import { crc32 } from 'node:zlib';
import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import fc from 'fast-check';
import { asText } from '../src/journal/event-id.js';
import { type EventRecord, encodeEvent, eventHashOf } from '../src/journal/event-record.js';
import { encodeFrame, type Frame, type FrameAt, frameAt, frameHeaderBytes, hasRightHash, nextFrame, noHash } from '../src/journal/frame.js';
import { type DecodedSegmentHeader, decodeSegmentHeader, encodeSegmentHeader, type SegmentHeader } from '../src/journal/segment-header.js';
import { eventAt } from '../src/journal/stored-event.js';

interface BytesWorld {
  found: readonly FrameAt[];
  headers: readonly DecodedSegmentHeader[];
  bytes: Buffer;
  place: number;
  areHashesRight: readonly boolean[];
  hashes: readonly string[];
}

const checksumAt = 4;
const hashAt = 8;
const previousHashAt = 40;

Then('{int} random frames are read as they were written, wherever they stand', (runs: number) => {
  fc.assert(
    fc.property(anyFrame, fc.integer({ min: 0, max: 3 }), (frame, words) => {
      const written = encodeFrame(frame);
      const offset = words * 8;
      const found = frameAt(Buffer.concat([Buffer.alloc(offset, 0xee), written, Buffer.from('after')]), offset);
      if (found.kind !== 'frame') return expect.fail(found.kind);
      const { offset: at, length, hash, ...read } = found.frame;
      expect([at, length]).to.deep.equal([offset, written.byteLength]);
      expect(read).to.deep.equal(frame);
      expect(hash).to.deep.equal(written.subarray(hashAt, previousHashAt));
    }),
    { numRuns: runs },
  );
});

When('each bit of a frame of three events is flipped in turn', function (this: BytesWorld) {
  const frame = ofThree();
  this.found = flips(frame).map((flipped) => frameAt(flipped, 0));
  expect(this.found).to.have.lengthOf(frame.byteLength * 8);
});

When('a frame of three events is cut off at each of its bytes', function (this: BytesWorld) {
  const frame = ofThree();
  this.found = Array.from({ length: frame.byteLength }, (_, length) => frameAt(frame.subarray(0, length), 0));
});

Then('no frame is found there', function (this: BytesWorld) {
  expect(this.found).to.have.length.above(100);
  expect(this.found.filter(({ kind }) => kind === 'frame')).to.have.length(0);
});

When(/^(.*) is looked at$/, function (this: BytesWorld, what: string) {
  const bytes = pieces[what] ?? expect.fail(`there is no ${what}`);
  this.found = [frameAt(bytes(), 0)];
});

Then('what is found is zeros', function (this: BytesWorld) {
  expect(this.found).to.deep.equal([{ kind: 'zeros' }]);
});

Then(/^what is found is damage: (.*)$/, function (this: BytesWorld, reason: string) {
  expect(this.found).to.deep.equal([{ kind: 'damaged', reason }]);
});

When('a frame stands behind {int} random bytes of damage', function (this: BytesWorld, count: number) {
  const [damage = new Uint8Array()] = fc.sample(fc.uint8Array({ minLength: count, maxLength: count }), 1);
  this.bytes = Buffer.concat([damage, ofThree()]);
  this.place = count;
});

When('a frame stands behind one that was damaged and given a right checksum', function (this: BytesWorld) {
  const damaged = ofThree();
  damaged.writeUInt8(0xff, previousHashAt);
  withRightChecksum(damaged);
  expect(frameAt(damaged, 0).kind).to.equal('frame');
  this.bytes = Buffer.concat([damaged, ofThree()]);
  this.place = damaged.byteLength;
});

Then(/^the search for the next frame finds (?:it|the second)$/, function (this: BytesWorld) {
  expect(nextFrame(this.bytes, 0)?.offset).to.equal(this.place);
});

When(
  'each byte of a frame of three events from the hash before it on is changed, and its checksum is made right again',
  function (this: BytesWorld) {
    const frame = ofThree();
    const found = frameAt(frame, 0);
    expect(found.kind === 'frame' && hasRightHash(frame, found.frame)).to.equal(true);
    const places = Array.from({ length: frame.byteLength - previousHashAt }, (_, at) => previousHashAt + at);
    this.areHashesRight = places.map((at) => {
      const changed = Buffer.from(frame);
      changed.writeUInt8((changed.readUInt8(at) + 1) % 256, at);
      const other = frameAt(withRightChecksum(changed), 0);
      return other.kind === 'frame' && hasRightHash(changed, other.frame);
    });
  },
);

Then('none of those bears the hash of its bytes', function (this: BytesWorld) {
  expect(this.areHashesRight).to.have.length.above(100);
  expect(this.areHashesRight.some((isRight) => isRight)).to.equal(false);
});

When('one after the other each part of an event is changed', function (this: BytesWorld) {
  const changes: readonly Partial<EventRecord>[] = [
    {},
    { id: uuid(9) },
    { coordinate: { entity: 'f', scope: 's' } },
    { coordinate: { entity: 'e', scope: 't' } },
    // What stands at the border of two parts belongs to one of them.
    { coordinate: { entity: 'es', scope: 's' } },
    { kind: 0x1002 },
    { wallMs: 2 },
    { version: 2 },
    { correlation: uuid(8) },
    { causation: uuid(8) },
    { payloadVersion: 2 },
    { gates: Buffer.from('["a"]') },
    { payload: Buffer.from('{"a":2}') },
  ];
  const hashes = changes.map((change) => eventHashOf({ ...plain, ...change }, 1, noHash));
  const moved = [eventHashOf(plain, 2, noHash), eventHashOf(plain, 1, Buffer.alloc(32, 1))];
  this.hashes = [...hashes, ...moved].map((hash) => hash.toString('hex'));
});

Then('its hash is another each time', function (this: BytesWorld) {
  expect(new Set(this.hashes).size).to.equal(this.hashes.length).and.to.be.above(10);
});

Then('{int} random events are read as they were written, one after the other in a body', (runs: number) => {
  fc.assert(
    fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 4 }), (events) => {
      const body = Buffer.concat(events.map(encodeEvent));
      let offset = 0;
      for (const event of events) {
        const found = eventAt(body, offset) ?? expect.fail('no event was found');
        expect(found.offset).to.equal(offset);
        expect(found.record).to.deep.equal(event);
        offset += found.length;
      }
      expect(offset).to.equal(body.byteLength);
      expect(eventAt(body, offset)).to.equal(undefined);
    }),
    { numRuns: runs },
  );
});

Then(
  '{int} random events take at most {int} bytes each beside id, kind, time, payload version, coordinate, causes and payload',
  (runs: number, most: number) => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const { id, coordinate, correlation, causation, gates, payload } = event;
        const causes = (correlation === id ? 0 : 16) + (causation === undefined ? 0 : 16) + gates.byteLength;
        const said =
          16 + 2 + 8 + 2 + Buffer.byteLength(coordinate.entity) + Buffer.byteLength(coordinate.scope) + causes + payload.byteLength;
        // What the gates said is rare, and has a length of its own.
        expect(encodeEvent(event).byteLength - said).to.be.at.most(gates.byteLength === 0 ? most - 1 : most + 3);
      }),
      { numRuns: runs },
    );
  },
);

Then('{int} random bodies give events within them, or none', (runs: number) => {
  const nearly = fc.tuple(anyEvent, fc.nat(200), fc.nat(255)).map(([event, at, byte]) => {
    const bytes = encodeEvent(event);
    bytes[at % bytes.byteLength] = byte;
    return bytes;
  });
  fc.assert(
    fc.property(fc.oneof(nearly, fc.uint8Array({ maxLength: 200 }).map(Buffer.from)), (body) => {
      const found = eventAt(body, 0);
      if (found !== undefined) expect(found.length).to.be.at.most(body.byteLength);
    }),
    { numRuns: runs },
  );
});

Then('{int} random headers of segments are read as they were written', (runs: number) => {
  fc.assert(
    fc.property(anyHeader, (header) => {
      expect(decodeSegmentHeader(Buffer.concat([encodeSegmentHeader(header), Buffer.from('after')]))).to.deep.equal({
        kind: 'intact',
        header,
      });
    }),
    { numRuns: runs },
  );
});

When("each bit of a segment's header is flipped in turn", function (this: BytesWorld) {
  this.headers = flips(encodeSegmentHeader(aHeader)).map(decodeSegmentHeader);
});

Then('each is damaged', function (this: BytesWorld) {
  expect(this.headers).to.have.lengthOf(1024);
  expect(this.headers.filter(({ kind }) => kind !== 'damaged')).to.deep.equal([]);
});

When("a segment's header is given the version {int}, and a checksum that is right", function (this: BytesWorld, version: number) {
  const bytes = encodeSegmentHeader(aHeader);
  bytes.writeUInt32LE(version, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 124)), 124);
  this.headers = [decodeSegmentHeader(bytes)];
});

Then('it is newer, and of version {int}', function (this: BytesWorld, version: number) {
  expect(this.headers).to.deep.equal([{ kind: 'newer', version }]);
});

const uuid = (byte: number): string => asText(Buffer.alloc(16, byte));
const plain: EventRecord = {
  id: uuid(1),
  coordinate: { entity: 'e', scope: 's' },
  kind: 0x1001,
  wallMs: 1,
  version: 1,
  correlation: uuid(1),
  causation: undefined,
  payloadVersion: 1,
  gates: Buffer.alloc(0),
  payload: Buffer.from('{"a":1}'),
};
const aHeader: SegmentHeader = {
  number: 3,
  sequence: 17,
  lineage: uuid(4),
  previousHash: Buffer.alloc(32, 5),
  createdMs: 6,
  durableTo: 7,
  firstFrame: 8,
};

const count = fc.oneof(fc.nat(), fc.maxSafeNat());
const bytes = (length: number): fc.Arbitrary<Buffer> => fc.uint8Array({ minLength: length, maxLength: length }).map(Buffer.from);
const anyId = bytes(16).map(asText);
const anyText = fc.string({ unit: fc.constantFrom('a', 'é', '模'), minLength: 1, maxLength: 20 });
const anyFrame: fc.Arbitrary<Frame> = fc.record({
  type: fc.constantFrom('events', 'fence committed', 'sealed'),
  count: fc.nat(0xffff_ffff),
  sequence: count,
  number: count,
  durableTo: count,
  fence: count,
  previousHash: bytes(32),
  body: fc.uint8Array({ maxLength: 60 }).map(Buffer.from),
});
const anyEvent: fc.Arbitrary<EventRecord> = fc
  .record({
    id: anyId,
    coordinate: fc.record({ entity: anyText, scope: anyText }),
    kind: fc.nat(0xffff),
    wallMs: fc.nat(2 ** 47),
    version: fc.nat(0xffff_ffff),
    own: fc.boolean(),
    correlation: anyId,
    causation: fc.option(anyId, { nil: undefined }),
    payloadVersion: fc.nat(0xffff),
    gates: fc.oneof(fc.constant(Buffer.alloc(0)), fc.uint8Array({ maxLength: 9 }).map(Buffer.from)),
    payload: fc.uint8Array({ maxLength: 60 }).map(Buffer.from),
  })
  .map(({ own, ...event }) => ({ ...event, correlation: own ? event.id : event.correlation }));
const anyHeader: fc.Arbitrary<SegmentHeader> = fc.record({
  number: count,
  sequence: count,
  lineage: anyId,
  previousHash: bytes(32),
  createdMs: count,
  durableTo: count,
  firstFrame: count,
});

const pieces: Readonly<Record<string, () => Buffer>> = {
  nothing: () => Buffer.alloc(0),
  'one zero byte': () => Buffer.alloc(1),
  'a page of zeros': () => Buffer.alloc(4096),
  'a page of zeros but for its last byte': () => Buffer.concat([Buffer.alloc(4095), Buffer.from([1])]),
  'a page of 0xff': () => Buffer.alloc(4096, 0xff),
  "a frame's length alone": () => ofThree().subarray(0, 4),
};

function ofThree(): Buffer {
  const events = [1, 2, 3].map((version) => encodeEvent({ ...plain, id: uuid(version), correlation: uuid(version), version }));
  const body = Buffer.concat(events);
  const frame = encodeFrame({
    type: 'events',
    count: 3,
    sequence: 7,
    number: 4,
    durableTo: 3,
    fence: 0,
    previousHash: Buffer.alloc(32, 1),
    body,
  });
  expect(frame.byteLength).to.be.above(frameHeaderBytes);
  return frame;
}

function flips(bytes: Buffer): Buffer[] {
  return Array.from({ length: bytes.byteLength * 8 }, (_, bit) => {
    const flipped = Buffer.from(bytes);
    const at = bit >> 3;
    flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (bit & 7)), at);
    return flipped;
  });
}

function withRightChecksum(frame: Buffer): Buffer {
  frame.writeUInt32LE(crc32(frame.subarray(hashAt)), checksumAt);
  return frame;
}
