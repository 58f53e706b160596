import { join } from 'node:path';
import { type Digest, isDigest } from '../core/digest.js';
import { refusal } from '../core/errors.js';
import type { DiskProgram } from '../disk/program.js';
import type { AdoptableFile, Findings } from './found.js';
import { countMember, listMember, member, seenFile, textMember } from './reading.js';

/** What a manifest of Docker or OCI says of a blob. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: number | undefined;
  readonly annotations: unknown;
}

const most = 10_000;

/** The descriptors in a member of a manifest; what has none, or a digest that is none, is no manifest. */
export function descriptorsIn(manifest: unknown, name: string, path: string): Descriptor[] {
  const list = listMember(manifest, name);
  if (list === undefined || list.length > most) throw refusal('InvalidRecord', `${path} has no list of ${name} that can be read`);
  return list.map((value) => descriptorOf(value, path));
}

/** The file of a descriptor, with the size that it says. */
export function* blobOf(
  findings: Findings,
  { digest, bytes }: Descriptor,
  at: { readonly folder: string; readonly name: string },
): DiskProgram<AdoptableFile> {
  const seen = yield* seenFile(findings, join(at.folder, at.name));
  if (bytes !== undefined && seen.bytes !== bytes) {
    throw refusal('DigestMismatch', `${seen.path} has ${seen.bytes} bytes, not ${bytes} as its manifest says`);
  }
  return { name: at.name, path: seen.path, bytes: seen.bytes, promised: { sha256: digest } };
}

function descriptorOf(value: unknown, path: string): Descriptor {
  const [mediaType, digest] = [textMember(value, 'mediaType'), member(value, 'digest')];
  if (mediaType === undefined || !isDigest(digest)) throw refusal('InvalidRecord', `${path} names content by what is not a digest`);
  if (!digest.startsWith('sha256:')) throw refusal('Unsupported', `${path} names content by a digest that is not a SHA-256`);
  return { mediaType, digest, bytes: countMember(value, 'size'), annotations: member(value, 'annotations') };
}
