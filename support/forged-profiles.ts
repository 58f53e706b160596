import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect } from 'chai';
import type { PlatformProfile } from '../src/core/platform-profile.js';
import { projectRoot } from './checks/sources.js';

export const fixture = (name: string): string => join(projectRoot, 'features/fixtures/platform', `${name}.profile`);

type Edit = (profile: ReturnType<typeof decoded>) => object;
type Decoded = PlatformProfile & { fingerprint_crc32: number };

export const decoded = (): Decoded => JSON.parse(readFileSync(fixture('mmap_unavailable'), 'utf8'));

/** A profile with other members, under the fingerprint that they have. */
function refingered(members: object): object {
  const { fingerprint_crc32: _, ...body } = { ...decoded(), ...members } as Decoded;
  return { ...body, fingerprint_crc32: crc32(JSON.stringify(body)) };
}

const withPath = (members: object, admission: object = {}): object => {
  const { store_path, admission: before } = decoded();
  return refingered({ store_path: { ...store_path, ...members }, admission: { ...before, ...admission } });
};
const missing = { path_status: 'UnknownMissing' };
const mapped = { mmap_index: 'FileBacked', sealed_segment_mmap: 'FileBacked' };

export const edits: Readonly<Record<string, Edit>> = {
  'lacks a member': ({ host: _, ...rest }) => rest,
  'has its mmap as a number': () => withPath({ mmap_index: 1 }),
  'has a variant that nobody knows': () => withPath({ parent_dir_sync: 'Perhaps' }),
  'has a schema_version of 65536': () => refingered({ schema_version: 65536 }),
  'has a schema_version of 1.5': () => refingered({ schema_version: 1.5 }),
  'has a schema_version of -1': () => refingered({ schema_version: -1 }),
  'has its schema_version as a text': () => refingered({ schema_version: '1' }),
  'has a schema_version of 0': () => refingered({ schema_version: 0 }),
  'has a schema_version of 65535': () => refingered({ schema_version: 65535 }),
  'has no host but null': () => refingered({ host: null }),
  'has a list for a host': () => refingered({ host: [] }),
  'has a path of two variants': () => withPath({ path_status: { ProbeFailed: { reason: 'EIO' }, UnknownMissing: {} } }),
  'has a path that failed for a number': () => withPath({ path_status: { ProbeFailed: { reason: 5 } } }),
  'has a path that nobody knows': () => withPath({ path_status: 'Elsewhere' }),
  'has a path that failed': () => withPath({ path_status: { ProbeFailed: 'EIO' } }),
  'has a fingerprint below zero': (profile) => ({ ...profile, fingerprint_crc32: -1 }),
  'has a schema_version of 2': () => refingered({ schema_version: 2 }),
  'has a schema_version of 2 and a wrong fingerprint': (profile) => ({ ...profile, schema_version: 2, fingerprint_crc32: 1 }),
  'has a wrong fingerprint': (profile) => ({ ...profile, fingerprint_crc32: profile.fingerprint_crc32 + 1 }),
  'has a wrong fingerprint and a wrong lock': () => ({ ...withPath({}, { store_lock: 'Rejected' }), fingerprint_crc32: 1 }),
  'admits a lock that was not observed': () => withPath({ lock_leaf_symlink_protection: 'Unknown' }),
  'admits a wrong lock and a wrong sync of directories': () =>
    withPath({ lock_leaf_symlink_protection: 'Unknown', parent_dir_sync: 'Unknown' }),
  'admits a sync of directories that was not observed': () => withPath({ parent_dir_sync: 'ProbeFailed' }),
  'admits a wrong sync of directories and maps what is missing': () =>
    withPath({ ...missing, parent_dir_sync: 'Unknown', ...mapped }, mapped),
  'maps what is missing': () => withPath({ ...missing, ...mapped }, mapped),
  'maps what is no directory': () => withPath({ path_status: 'ObservedUnsupportedNotDirectory', ...mapped }, mapped),
  'maps what could not be looked at': () => withPath({ path_status: { ProbeFailed: { reason: 'EIO' } }, ...mapped }, mapped),
  'maps what is missing and rejects it': () => withPath({ ...missing, ...mapped }),
  'admits mmap that was not observed': () => withPath({}, mapped),
  'admits mmap of segments alone that was not observed': () => withPath({}, { sealed_segment_mmap: 'FileBacked' }),
};

/** As the seed writes it, with both of its braces at the end. */
function seedImpossible(): string {
  const body = [
    '{"schema_version":1,',
    '"host":{"monotonic_clock":"ProcessLocalInstantAnchor"},',
    '"store_path":{"path_status":"UnknownMissing","parent_dir_sync":"UnixFsync","lock_leaf_symlink_protection":"AtomicNoFollow",',
    '"mmap_index":"FileBacked","sealed_segment_mmap":"FileBacked","active_segment_read":"UnixReadAt"},',
    '"admission":{"store_lock":"AtomicNoFollow","parent_dir_sync":"UnixFsync","mmap_index":"FileBacked","sealed_segment_mmap":"FileBacked"}}',
  ].join('');
  expect(crc32(body)).to.equal(4040084275);
  return `${body.slice(0, -1)},"fingerprint_crc32":${crc32(body)}}`;
}

export const texts: Readonly<Record<string, () => string | Buffer>> = {
  'is empty': () => '',
  'is cut off': () => JSON.stringify(decoded()).slice(0, -5),
  'is no JSON': () => '{not json',
  'is a list': () => `[${JSON.stringify(decoded())}]`,
  'is no UTF-8': () => Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
  'is larger than 64 KiB': () => `${JSON.stringify(decoded())}${' '.repeat(64 * 1024)}`,
  'has a member twice': () => JSON.stringify(decoded()).replace('{', '{"schema_version":1,'),
  'has a member twice, once escaped': () => JSON.stringify(decoded()).replace('"host":{', '"host":{"monotonic_cloc\\u006b":"Unknown",'),
  'maps what is missing, as the seed has it': seedImpossible,
};

export function changed(text: string, words: readonly string[], draw: (below: number) => number): string {
  const at = draw(text.length + 1);
  const word = words[draw(words.length)] ?? '';
  switch (draw(5)) {
    case 0:
      return text.slice(0, at) + String.fromCharCode(draw(0x250)) + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + text.slice(at + draw(20));
    case 2:
      return text.slice(0, at) + word + text.slice(at);
    case 3:
      return text.slice(0, at) + '['.repeat(draw(2000)) + text.slice(at);
    default: {
      const values = [...text.matchAll(/: ("\w+"|\d+)/g)];
      const value = values[draw(values.length || 1)];
      const other = draw(3) === 0 ? draw(4) : `"${word}"`;
      return value === undefined ? text : `${text.slice(0, value.index)}: ${other}${text.slice(value.index + value[0].length)}`;
    }
  }
}

export function refingeredText(text: string): string {
  try {
    const { fingerprint_crc32: _, ...body } = JSON.parse(text);
    return JSON.stringify({ ...body, fingerprint_crc32: crc32(JSON.stringify(body)) });
  } catch {
    return text;
  }
}
