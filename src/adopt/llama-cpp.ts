import { basename, join } from 'node:path';
import { isDigest } from '../core/digest.js';
import { refusal } from '../core/errors.js';
import { defaultModelId, shardNames } from '../core/model-layout.js';
import { formatModelRef } from '../core/model-ref.js';
import { isInnerPath } from '../core/records.js';
import type { DiskProgram } from '../disk/program.js';
import type { Findings, Promised } from './found.js';
import { hubModels, hubRef } from './hugging-face.js';
import { isUnfinished } from './leftovers.js';
import { promisedByEtag } from './local-dir.js';
import { addModels } from './models.js';
import {
  attempt,
  countMember,
  flawOf,
  isFolder,
  jsonIfThere,
  member,
  namesIn,
  readJson,
  seenFile,
  textIfThere,
  textMember,
} from './reading.js';
import type { Member } from './walking.js';

/** What a manifest of llama.cpp says of a file beside it. */
interface Told {
  /** `owner/repository`. */
  readonly repository: string;
  /** In the repository. */
  readonly path: string;
  readonly promised: Promised;
  readonly bytes: number | undefined;
}

/**
 * CAT-ADO-2201: a cache of llama.cpp. Newer versions keep a cache of the hub; older ones, and downloads by URL or from Docker, are files
 * `<owner>_<repository>_<path with _>` with `manifest=<owner>=<repository>=<tag>.json` and `<file>.etag` beside them. Of a split GGUF
 * the manifest tells the first shard alone.
 */
export function* findInLlamaCpp(findings: Findings): DiskProgram<void> {
  const { place } = findings;
  yield* hubModels(findings);
  const names = yield* namesIn(findings, place);
  const told = new Map<string, Told>();
  for (const name of names.filter((one) => /^manifest=.*\.json$/.test(one))) {
    const path = join(place, name);
    for (const [file, one] of (yield* attempt(findings, path, readManifest(path))) ?? []) told.set(file, one);
  }
  const members: Member[] = [];
  for (const name of names) {
    const path = join(place, name);
    if (isUnfinished(name)) findings.problem(path, 'NotFound', `${path} is a download that was not finished`);
    else if (/\.gguf$/i.test(name) && !(yield* isFolder(path))) members.push(yield* memberAt(findings, { name, path }, told.get(name)));
  }
  const here = new Set(names);
  for (const [name, { path, repository }] of told) {
    if (!here.has(name)) findings.problem(join(place, name), 'NotFound', `${path} of ${repository} is named by a manifest and not here`);
  }
  addModels(findings, { folder: place, members, modelFolders: [] }, ({ stem, members: [first] }) => {
    const name = first?.name ?? stem;
    const one = told.get(name);
    if (one === undefined) return { id: stem.normalize('NFC'), source: formatModelRef({ kind: 'file', path: first?.path ?? place }) };
    const id = `${one.repository}/${withoutShard(one.path)}`;
    const reference = hubRef({ name: one.repository }, { path: one.path });
    return { id: id.normalize('NFC'), source: reference, ref: reference };
  });
}

function* readManifest(path: string): DiskProgram<Map<string, Told>> {
  const [owner, repository, tag] = basename(path, '.json').slice('manifest='.length).split('=');
  if (!owner || !repository || !tag) throw refusal('InvalidRecord', `${path} does not name owner, repository and tag`);
  const json = yield* readJson(path);
  const told = new Map<string, Told>();
  for (const kind of ['ggufFile', 'mmprojFile']) {
    const file = member(json, kind);
    const inner = textMember(file, 'rfilename');
    if (file === undefined || file === null) continue;
    if (!isInnerPath(inner)) throw refusal('InvalidRecord', `${path} names a file by what is no name`);
    const sha256 = `sha256:${textMember(member(file, 'lfs'), 'sha256') ?? ''}`;
    const promised = isDigest(sha256) ? { sha256 } : {};
    const name = `${owner}_${repository}_${inner.replaceAll('/', '_')}`;
    told.set(name, { repository: `${owner}/${repository}`, path: inner, promised, bytes: countMember(file, 'size') });
  }
  if (told.size === 0) throw refusal('InvalidRecord', `${path} names no file`);
  return told;
}

function* memberAt(
  findings: Findings,
  named: { readonly name: string; readonly path: string },
  told: Told | undefined,
): DiskProgram<Member> {
  try {
    const { bytes } = yield* seenFile(findings, named.path);
    if (told?.bytes !== undefined && told.bytes !== bytes) {
      throw refusal('DigestMismatch', `${named.path} has ${bytes} bytes, not ${told.bytes} as its manifest says`);
    }
    const promised = told?.promised.sha256 ? told.promised : yield* promisedBeside(named.path);
    return { ...named, bytes, promised };
  } catch (error) {
    return { ...named, flaw: flawOf(error, named.path) };
  }
}

/** `<file>.etag`, or the member of `<file>.json` of older versions. */
function* promisedBeside(path: string): DiskProgram<Promised> {
  const etag = yield* textIfThere(`${path}.etag`);
  if (etag !== undefined) return promisedByEtag(etag);
  return promisedByEtag(textMember(yield* jsonIfThere(`${path}.json`), 'etag') ?? '');
}

function withoutShard(path: string): string {
  const whole = shardNames(basename(path))[0] ?? path;
  return path.slice(0, path.length - basename(path).length) + defaultModelId(whole, 'file');
}
