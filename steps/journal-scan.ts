import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import fc from 'fast-check';
import { asText } from '../src/journal/event-id.js';
import { EventIndex, type IndexedEvent } from '../src/journal/event-index.js';
import { encodeFrame, type Frame, frameAt, noHash } from '../src/journal/frame.js';
import { type ChainEnd, chainAfter, type Scan, scan } from '../src/journal/scan.js';

interface ScanWorld {
  frames: readonly Buffer[];
  begins: ChainEnd;
  found: Scan;
  cuts: readonly { readonly length: number; readonly bytes: Buffer; readonly found: Scan }[];
}

const genesis: ChainEnd = { next: 1, sequence: 1, hash: noHash, durableTo: 0 };
const page = Buffer.alloc(4096);

Given(/^a segment of two frames, the (first|third) of which is known to be durable$/, function (this: ScanWorld, which: string) {
  this.begins = { ...genesis, durableTo: which === 'first' ? 1 : 3 };
  this.frames = chained(2, () => 0);
});

Given('a segment of ten frames, each of which says that the one before it was durable', function (this: ScanWorld) {
  this.begins = genesis;
  this.frames = chained(10, (number) => number - 1);
});

When(/^it goes on with (.*)$/, function (this: ScanWorld, after: string) {
  const follow = following[after] ?? expect.fail(`there is no ${after}`);
  const end = this.frames.reduce(endAfter, genesis);
  this.found = scan(Buffer.concat([...this.frames, ...follow(end)]), 0, this.begins);
});

Then(/^two frames are read, and the rest is (clean|torn|damaged)$/, function (this: ScanWorld, rest: string) {
  expect(this.found.frames.map(({ number }) => number)).to.deep.equal([1, 2]);
  expect(this.found.end).to.equal(Buffer.concat(this.frames).byteLength);
  expect(this.found.rest.kind, JSON.stringify(this.found.rest)).to.equal(rest);
});

When('it is cut off at each of its bytes, with and without zeros behind', function (this: ScanWorld) {
  const whole = Buffer.concat(this.frames);
  this.cuts = Array.from({ length: whole.byteLength + 1 }, (_, length) => length).flatMap((length) => {
    const cut = whole.subarray(0, length);
    return [cut, Buffer.concat([cut, page])].map((bytes) => ({ length, bytes, found: scan(bytes, 0, this.begins) }));
  });
});

Then('the frames before are read, and the rest is torn or clean', function (this: ScanWorld) {
  const whole = Buffer.concat(this.frames);
  const ends = endsOf(this.frames);
  expect(this.cuts).to.have.length.above(1000);
  for (const { bytes, found } of this.cuts) {
    // What is cut off may be zeros itself: then nothing is missing.
    const same = lengthInCommon(Buffer.concat([bytes, page]), whole);
    const there = ends.filter((end) => end <= Math.min(same, bytes.byteLength));
    expect(found.frames).to.have.lengthOf(there.length);
    const isClean = bytes.subarray(there.at(-1) ?? 0).every((byte) => byte === 0);
    expect(found.rest.kind).to.equal(isClean ? 'clean' : 'torn');
  }
});

When('each of its bits is flipped in turn', function (this: ScanWorld) {
  const whole = Buffer.concat(this.frames);
  this.cuts = Array.from({ length: whole.byteLength * 8 }, (_, bit) => {
    const flipped = Buffer.from(whole);
    flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    return { length: bit >> 3, bytes: flipped, found: scan(flipped, 0, this.begins) };
  });
});

Then('the rest is damaged, or torn where the last frame begins', function (this: ScanWorld) {
  const ends = endsOf(this.frames);
  const last = ends.at(-2) ?? 0;
  expect(this.cuts).to.have.length.above(8000);
  for (const { length, found } of this.cuts) {
    expect(found.end).to.equal(ends.filter((end) => end <= length).at(-1) ?? 0);
    expect(found.rest.kind).to.equal(length >= last ? 'torn' : 'damaged');
  }
});

Then('{int} random histories of up to {int} events are found alike by the index and by a list', (runs: number, most: number) => {
  const entity = fc.constantFrom('a', 'b', 'c:d');
  fc.assert(
    fc.property(
      fc.array(fc.record({ entity, skips: fc.nat(2), id: fc.uint8Array({ minLength: 16, maxLength: 16 }) }), { maxLength: most }),
      (all) => {
        const index = new EventIndex();
        const events = listed(all.map(({ id, ...rest }) => ({ ...rest, id: asText(Buffer.from(id)) })));
        for (const event of events) index.add(event);
        expect(index.count).to.equal(events.length);
        for (const [at, event] of events.entries()) {
          const { sequence, segment, offset, length, id } = event;
          expect(index.sequenceOf(id)).to.equal(events.find((one) => one.id === id)?.sequence);
          expect(index.placeOf(sequence)).to.deep.equal({ segment, offset, length });
          const before = events.slice(0, at).findLast((one) => one.entity === event.entity);
          expect(index.previousOf(sequence)).to.equal(before?.sequence);
          expect(index.nextFrom(sequence + 1)).to.equal(events[at + 1]?.sequence);
        }
        for (const name of ['a', 'b', 'c:d', 'e']) {
          const newest = events.findLast((one) => one.entity === name);
          const { version, wallMs, sequence } = newest ?? {};
          const end = index.entityEnd(name);
          expect(end && { version: end.version, wallMs: end.wallMs, sequence: end.sequence }).to.deep.equal(
            newest && { version, wallMs, sequence },
          );
        }
        const last = events.at(-1)?.sequence ?? 0;
        expect([index.placeOf(0), index.placeOf(last + 1), index.sequenceOf(asText(Buffer.alloc(16, 0xab)))]).to.deep.equal([
          undefined,
          undefined,
          undefined,
        ]);
      },
    ),
    { numRuns: runs },
  );
});

Then('the bytes of an index that say that it has {int} events or entities are none', (count: number) => {
  const index = new EventIndex();
  for (const event of listed([{ entity: 'a', skips: 0, id: asText(Buffer.alloc(16, 1)) }])) index.add(event);
  const bytes = Buffer.concat(index.encoded());
  expect(EventIndex.decoded(bytes)?.count).to.equal(1);
  for (const at of [0, 4]) {
    const forged = Buffer.from(bytes);
    new Uint32Array(forged.buffer, forged.byteOffset + at, 1)[0] = count;
    expect(EventIndex.decoded(forged)).to.equal(undefined);
  }
});

/** What a segment may go on with, made so that it would follow the frames before. */
const following: Readonly<Record<string, (end: ChainEnd) => readonly Buffer[]>> = {
  nothing: () => [],
  'a page of zeros': () => [page],
  'half a frame': (end) => [half(frameOn(end))],
  'half a frame, and zeros': (end) => [half(frameOn(end)), page],
  'zeros in place of the first half of a frame': (end) => [frameOn(end).fill(0, 0, 64)],
  'a frame with a flipped bit': (end) => [flipped(frameOn(end))],
  'random bytes': () => [noise()],
  'a frame with a flipped bit, and one that says that the first was durable': (end) => withNext(end, 1),
  'a frame with a flipped bit, and one that says that it was durable': (end) => withNext(end, 3),
  'random bytes, and a frame that says that the third was durable': (end) => [noise(), frameOn({ ...end, next: 4 }, { durableTo: 3 })],
  'a page of zeros, and a frame that says that the third was durable': (end) => [page, frameOn({ ...end, next: 4 }, { durableTo: 3 })],
  'a frame that follows another one': (end) => [frameOn({ ...end, hash: Buffer.alloc(32, 9) })],
  'a frame that says another number': (end) => [frameOn({ ...end, next: 9 })],
  'a frame that says another sequence': (end) => [frameOn({ ...end, sequence: 9 })],
};

function withNext(end: ChainEnd, durableTo: number): readonly Buffer[] {
  const third = frameOn(end);
  return [flipped(third), frameOn(endAfter(end, third), { durableTo })];
}

function chained(count: number, durableTo: (number: number) => number): readonly Buffer[] {
  const frames: Buffer[] = [];
  let end = genesis;
  for (let number = 1; number <= count; number++) {
    const frame = frameOn(end, { durableTo: durableTo(number) });
    frames.push(frame);
    end = endAfter(end, frame);
  }
  return frames;
}

function frameOn({ next, sequence, hash }: ChainEnd, change: Partial<Frame> = {}): Buffer {
  const body = Buffer.from(`event ${sequence}`);
  return encodeFrame({ type: 'events', number: next, count: 1, sequence, durableTo: 0, fence: 0, previousHash: hash, body, ...change });
}

function endAfter(end: ChainEnd, frame: Buffer): ChainEnd {
  const found = frameAt(frame, 0);
  return found.kind === 'frame' ? chainAfter(end, found.frame) : expect.fail(found.kind);
}

function endsOf(frames: readonly Buffer[]): number[] {
  let end = 0;
  return frames.map(({ byteLength }) => {
    end += byteLength;
    return end;
  });
}

function listed(all: readonly { readonly entity: string; readonly skips: number; readonly id: string }[]): IndexedEvent[] {
  let sequence = 0;
  return all
    .filter(({ id }, at) => all.findIndex((other) => other.id === id) === at)
    .map(({ entity, skips, id }, at) => {
      sequence += 1 + skips;
      return {
        sequence,
        segment: 1 + (at >> 6),
        offset: 128 + at * 8,
        length: 50 + skips,
        id,
        entity,
        version: at + 1,
        wallMs: at,
      };
    });
}

function lengthInCommon(one: Buffer, other: Buffer): number {
  const differs = other.findIndex((byte, at) => one[at] !== byte);
  return differs === -1 ? other.byteLength : differs;
}

const half = (frame: Buffer): Buffer => frame.subarray(0, frame.byteLength / 2);
const flipped = (frame: Buffer): Buffer => {
  const copy = Buffer.from(frame);
  copy.writeUInt8(copy.readUInt8(90) ^ 1, 90);
  return copy;
};
const noise = (): Buffer => Buffer.from(fc.sample(fc.uint8Array({ minLength: 256, maxLength: 256 }), 1)[0] ?? []).fill(0xaa, 0, 1);
