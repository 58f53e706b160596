import { Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { namesCode, tarNames, zipDirectory, zipNames, zipTailBytes } from '../src/core/headers/archives.js';
import { tarFile, zipOf } from '../support/headers/other-files.js';
import { bytesOfCell } from '../support/table-cells.js';

const listOf = (names: string): string[] => (names === 'nothing' ? [] : names.split(', ').map((name) => bytesOfCell(name).toString()));

/** What is found in a file by the two looks that a reader takes: at its end, and at its list. */
function namesIn(zip: Buffer, tailBytes = zipTailBytes): string[] | undefined {
  const extent = zipDirectory(zip.subarray(Math.max(0, zip.byteLength - tailBytes)), zip.byteLength);
  return extent && zipNames(zip.subarray(extent.position, extent.position + extent.bytes));
}

Then(/^a (large zip|zip)(.*) of (.+) has these names$/, (kind: string, form: string, listed: string) => {
  expectNames({ isLarge: kind === 'large zip', form }, listOf(listed));
});

function expectNames({ isLarge, form }: { readonly isLarge: boolean; readonly form: string }, names: readonly string[]): void {
  const comment = Number(/comment of (\d+) bytes/.exec(form)?.[1] ?? 0);
  const extra = form.includes('extra fields') ? { extra: 7, comment: 5 } : {};
  const zip = zipOf(names, { isLarge, endComment: comment, before: form.includes('behind') ? 1000 : 0, ...extra });
  expect(namesIn(zip, form.includes('whole') ? zip.byteLength : isLarge ? 22 + 20 + 56 : 22 + comment)).to.deep.equal(names);
  expect(namesIn(zip)).to.deep.equal(names);
}

/** What is done to the end of a zip, of which a large one has 98 bytes behind its list. */
const ends: Readonly<Record<string, () => Buffer>> = {
  'no record': () => zipOf(['a']).subarray(0, -22),
  'a record that is cut by a byte': () => zipOf(['a']).subarray(0, -1),
  'large places and no record of them': () =>
    changed(zipOf(['a'], { isLarge: true }), (zip) => zip.fill(0, zip.length - 98, zip.length - 94)),
  'large places and nothing before': () => zipOf(['a'], { isLarge: true }).subarray(-97),
  'a large list beyond its end': () =>
    changed(zipOf(['a'], { isLarge: true }), (zip) => zip.writeBigUInt64LE(2n ** 40n, zip.length - 98 + 40)),
};

function changed(bytes: Buffer, change: (bytes: Buffer) => unknown): Buffer {
  change(bytes);
  return bytes;
}

Then(/^a zip whose end has (.+) says nothing of a list$/, (trouble: string) => {
  const zip = (ends[trouble] ?? expect.fail(trouble))();
  expect(zipDirectory(zip, zip.byteLength)).to.equal(undefined);
});

Then('a zip that says that its list begins behind its end, or is longer than it, is believed as far as it goes', () => {
  const whole = zipOf(['a', 'b']);
  const end = whole.byteLength - 22;
  const list = end - 2 * 47;
  expect(zipDirectory(whole, whole.byteLength)).to.deep.equal({ position: list, bytes: 94 });
  const late = changed(zipOf(['a', 'b']), (zip) => zip.writeUInt32LE(end + 1, end + 16));
  expect(zipDirectory(late.subarray(-30), late.byteLength)).to.deep.equal({ position: end, bytes: 94 });
  const long = changed(zipOf(['a', 'b']), (zip) => zip.writeUInt32LE(100_000, end + 12));
  expect(zipDirectory(long.subarray(-30), long.byteLength)).to.deep.equal({ position: list, bytes: end });
  const most = changed(zipOf(['a', 'b']), (zip) => zip.writeUInt32LE(0xffffffff, end + 12));
  expect(zipDirectory(most, most.byteLength)).to.equal(undefined);
});

Then(/^a tar of (.+) has the names (.+)$/, (files: string, names: string) => {
  const cut = Number(/, cut by (\d+)$/.exec(files)?.[1] ?? 0);
  const listed = files.replace(/, cut by \d+$|, and a text$/, '').split(', ');
  const whole = Buffer.concat([
    ...listed.map((one) => {
      const [, name = '', size = ''] = /^(.+) of (.+)$/.exec(one) ?? expect.fail(one);
      return tarFile(bytesOfCell(name).toString(), size);
    }),
    ...(files.endsWith(', and a text') ? [Buffer.alloc(1024, 'x')] : []),
  ]);
  expect(tarNames(whole.subarray(0, whole.byteLength - cut))).to.deep.equal(listOf(names));
});

Then(/^the name (\S+) in an archive is (of code|harmless)$/, (name: string, verdict: string) => {
  expect(namesCode(['weights', name])).to.equal(verdict === 'of code');
});
