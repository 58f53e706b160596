import { type Digest, isDigest } from '../core/digest.js';
import { refusal } from '../core/errors.js';
import { isInnerPath } from '../core/records.js';
import type { DiskProgram } from '../disk/program.js';
import { countMember, isObject, member, readJson, textMember } from './reading.js';

/** What a revision of the hub says of its files, by their names. */
export type Tree = ReadonlyMap<
  string,
  {
    readonly bytes: number | undefined;
    readonly sha256: Digest | undefined;
    readonly gitBlob: string | undefined;
    readonly xet: string | undefined;
  }
>;

/** `trees/<commit>.json` of huggingface_hub 1.22 and later; `undefined` for a version that is not known. */
export function* readTree(path: string): DiskProgram<Tree | undefined> {
  const json = yield* readJson(path);
  if (member(json, 'format_version') !== 1) return undefined;
  const files = member(json, 'files');
  if (!isObject(files)) throw refusal('InvalidRecord', `${path} names no files`);
  const tree = new Map<string, ReturnType<typeof fileOf>>();
  for (const [name, value] of Object.entries(files)) if (isInnerPath(name)) tree.set(name, fileOf(value));
  return tree;
}

function fileOf(value: unknown) {
  const sha256 = `sha256:${textMember(value, 'lfs_sha256') ?? ''}`;
  const gitBlob = textMember(value, 'blob_id');
  return {
    bytes: countMember(value, 'lfs_size') ?? countMember(value, 'size'),
    sha256: isDigest(sha256) ? sha256 : undefined,
    // Of a file in LFS the blob of Git is a pointer, not the content.
    gitBlob: gitBlob !== undefined && /^[0-9a-f]{40}$/.test(gitBlob) && !textMember(value, 'lfs_sha256') ? gitBlob : undefined,
    xet: textMember(value, 'xet_hash'),
  };
}
