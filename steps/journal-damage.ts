import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { isCatalogError } from '../src/core/errors.js';
import { Journal } from '../src/journal/journal.js';
import { segmentPath } from '../src/journal/place.js';
import type { JournalOptions } from '../src/journal/settings.js';
import {
  appendEach,
  beginAndOpen,
  calling,
  damaged,
  directory,
  eventsOf,
  firstSegment,
  flipped,
  found,
  frameBounds,
  type JournalWorld,
  killed,
  segmentsOf,
  severalSegments,
} from '../support/journal-helpers.js';

interface DamagedWorld extends JournalWorld {
  /** What was found wherever it was looked, each time. */
  looks: string[];
  /** What there was before. */
  files: Record<string, string>;
}

Given(
  /^a journal of 5 events whose writer was killed(, with a flipped bit in the third)?$/,
  async function (this: DamagedWorld, isFlipped?: string) {
    beginAndOpen(this, { segmentMaxBytes: 4096 });
    await appendEach(this, eventsOf(5));
    killed(this, this.disk.crash());
    const bytes = this.disk.bytesAt(firstSegment);
    damaged(this, { [firstSegment]: isFlipped ? flipped(bytes, (frameBounds(bytes)[3] ?? 0) + 140) : bytes });
  },
);

Then('it is told that segment 1 is damaged where the third event begins, and why', function (this: DamagedWorld) {
  const { code, details, message } = this.takeRefusal();
  const intact = flipped(this.disk.bytesAt(firstSegment), (frameBounds(this.disk.bytesAt(firstSegment)).at(-1) ?? 0) + 140);
  expect({ code, ...details }).to.include({ code: 'CorruptSegment', segment: 1, offset: frameBounds(intact)[3] });
  expect(details.reason).to.be.a('string').and.not.to.equal('');
  expect(message).to.include(firstSegment);
});

When('each byte before the last event is wrong in turn', function (this: DamagedWorld) {
  const intact = this.disk.bytesAt(firstSegment);
  const bounds = frameBounds(intact);
  const begins = [0, ...bounds];
  this.looks = Array.from({ length: bounds.at(-2) ?? 0 }, (_, at) => {
    damaged(this, { [firstSegment]: flipped(intact, at) });
    const offset = begins.findLast((begin) => begin <= at);
    return [true, false].map((readOnly) => `byte ${at}: ${toldOf(this, { readOnly }, offset)}`);
  }).flat();
});

Then('each time it is told for writers and readers where the damage begins, and not a byte is changed', function (this: DamagedWorld) {
  expect(this.looks).to.have.length.above(1500);
  expect(this.looks.filter((look) => !look.endsWith('as it must be'))).to.deep.equal([]);
});

Given(/^a journal of several segments whose writer was killed, (.*)$/, async function (this: DamagedWorld, words: string) {
  await severalSegments(this, { seed: 2 });
  const another = this.disk;
  await severalSegments(this, { bytes: 11 });
  const astray = this.disk;
  await severalSegments(this);
  const segments = segmentsOf(this.disk);
  const [first, second, third] = [1, 2, 3].map((number) => segmentPath(directory, number)) as [string, string, string];
  const last = segmentPath(directory, segments.length);
  const bytes = (path: string, disk = this.disk) => disk.bytesAt(path);
  const other = (path: string) => bytes(path, another);
  const seal = frameBounds(bytes(first)).at(-2) ?? 0;
  const damages: Readonly<Record<string, () => Record<string, Uint8Array | undefined>>> = {
    'without the first': () => ({ [first]: undefined }),
    'without the second': () => ({ [second]: undefined }),
    'without the last, which the one before it names': () => ({ [last]: undefined }),
    'with the second empty': () => ({ [second]: Buffer.alloc(0) }),
    'with the second cut off in the middle': () => ({ [second]: bytes(second).subarray(0, 256) }),
    'with the third in place of the second': () => ({ [second]: bytes(third) }),
    'with the second of another journal': () => ({ [second]: other(second) }),
    'with the last of another journal': () => ({ [last]: other(last) }),
    'with the second of a copy that went on otherwise': () => ({ [second]: bytes(second, astray) }),
    'with the last of a copy that went on otherwise': () => ({ [last]: bytes(last, astray) }),
    'with the last once more under the next number': () => ({ [segmentPath(directory, segments.length + 1)]: bytes(last) }),
    'with a flipped bit in the seal of the first': () => ({ [first]: flipped(bytes(first), seal + 60) }),
    'with a flipped bit in the header of the second': () => ({ [second]: flipped(bytes(second), 20) }),
  };
  damaged(this, (damages[words] ?? expect.fail(words))());
});

Then('it is told which segment is damaged, where and why', function (this: DamagedWorld) {
  const { code, details, message } = this.takeRefusal();
  expect(code, message).to.equal('CorruptSegment');
  expect(details.segment).to.be.a('number').and.to.be.above(0);
  expect(details.offset).to.be.a('number').and.to.be.at.least(0);
  expect(details.reason).to.be.a('string').and.not.to.equal('');
});

When('a bit of the third is flipped on the disk', function (this: DamagedWorld) {
  const bytes = this.disk.bytesAt(firstSegment);
  this.disk.plant(firstSegment, flipped(bytes, (frameBounds(bytes)[3] ?? 0) + 150));
});

Then('reading the third is refused with CorruptSegment, by region and by id, and the others are read', async function (this: DamagedWorld) {
  const [, , third] = this.events;
  const sequence = third?.sequence ?? 0;
  const reads: readonly (() => unknown)[] = [
    () => [...this.journal.read()],
    () => [...this.journal.read({ from: sequence, to: sequence })],
    () => this.journal.get(third?.event_id ?? ''),
  ];
  for (const read of reads) {
    await calling(this, read);
    const { code, details } = this.takeRefusal();
    expect({ code, segment: details.segment }).to.deep.equal({ code: 'CorruptSegment', segment: 1 });
    expect(details).to.include.keys('offset', 'reason');
  }
  for (const { event_id } of this.events.filter((one) => one !== third)) expect(found(this, event_id).payload).to.have.property('nth');
});

/** How an opening of damaged bytes is answered. */
function toldOf({ disk }: DamagedWorld, options: Pick<JournalOptions, 'readOnly'>, offset: number | undefined): string {
  const bytes = disk.bytesAt(firstSegment);
  try {
    Journal.open({ directory, disk, ...options }).close();
    return 'it was opened';
  } catch (error) {
    if (!isCatalogError(error, 'CorruptSegment')) throw error;
    const { details } = error;
    // The very same array: nothing was written into it.
    if (disk.bytesAt(firstSegment) !== bytes || disk.openHandles() > 0) return 'it was changed, or left open';
    return details.segment === 1 && details.offset === offset && details.reason ? 'as it must be' : JSON.stringify(details);
  }
}
