import { basename, dirname, join } from 'node:path';
import { isDigest } from '../core/digest.js';
import { refusal } from '../core/errors.js';
import { formatModelRef } from '../core/model-ref.js';
import type { DiskProgram } from '../disk/program.js';
import type { Findings, Promised } from './found.js';
import { readTree, type Tree } from './hub-tree.js';
import { isUnfinished } from './leftovers.js';
import { isLocalDir, localDirModels } from './local-dir.js';
import { addModels, isWeights, type NameModel } from './models.js';
import { attempt, isFolder, namesIn, readText, type SeenFile, typeOf } from './reading.js';
import { type Member, membersBelow } from './walking.js';

/** A repository of the hub, as its folder is called: `models--org--name`. */
interface Repository {
  readonly path: string;
  /** `org/name`, or `name` alone. */
  readonly name: string;
}

/** One revision of a repository that is here. */
interface Revision {
  readonly repository: Repository;
  readonly commit: string;
  /** What leads to it, where something does: `main` first. */
  readonly refs: readonly string[];
  /** Whether it is what the repository's name alone stands for: `main`, or the only one. */
  readonly isPlain: boolean;
}

/**
 * CAT-ADO-2201: a cache of the Hugging Face hub, as `docs/hub/local-cache.md` of hub-docs tells of it: `snapshots/<commit>/…` are links
 * to `blobs/`, which may lead on to the shared store of 2.0, or are files themselves where there are no links. What a file must be is
 * told by `trees/<commit>.json`, else by the name of its blob in `blobs/` of the repository (SHA-256 or, for small files, the SHA-1 of
 * Git), never by its name in the shared store, which is another hash. A folder with downloads of `--local-dir` is read as well.
 */
export function* findInHub(findings: Findings): DiskProgram<void> {
  if (yield* isLocalDir(findings.place)) yield* localDirModels(findings);
  else yield* hubModels(findings);
}

/** The models of the repositories in a cache. */
export function* hubModels(findings: Findings): DiskProgram<void> {
  const { place } = findings;
  for (const name of yield* namesIn(findings, place)) {
    if (!name.startsWith('models--')) continue;
    const path = join(place, name);
    const repository = { path, name: name.split('--').slice(1).join('/') };
    if (yield* isFolder(path)) yield* attempt(findings, path, repositoryModels(findings, repository));
    else findings.problem(path, 'InvalidRecord', `${path} is not a folder of a repository`);
  }
}

function* repositoryModels(findings: Findings, repository: Repository): DiskProgram<void> {
  const before = findings.problems.length;
  yield* unfinishedBlobs(findings, repository);
  const refs = yield* refsOf(findings, repository);
  const commits: string[] = [];
  const snapshots = join(repository.path, 'snapshots');
  for (const name of yield* namesIn(findings, snapshots)) {
    const path = join(snapshots, name);
    if (/^[0-9a-f]{40}$/.test(name) && (yield* isFolder(path))) commits.push(name);
    else findings.problem(path, 'InvalidRecord', `${path} is not a folder that is named by a commit`);
  }
  for (const [name, commit] of refs) {
    if (commits.includes(commit)) continue;
    const path = join(repository.path, 'refs', name);
    findings.problem(path, 'NotFound', `${name} of ${repository.name} is ${commit}, which is not here`);
  }
  const isTold = findings.problems.length > before;
  if (commits.length === 0 && !isTold) findings.problem(repository.path, 'NotFound', `${repository.path} holds no revision`);
  for (const commit of commits) {
    const names = [...refs].filter(([, one]) => one === commit).map(([name]) => name);
    names.sort((a, b) => Number(b === 'main') - Number(a === 'main') || (a < b ? -1 : 1));
    const isPlain = names[0] === 'main' || commits.length === 1;
    yield* attempt(findings, join(snapshots, commit), revisionModels(findings, { repository, commit, refs: names, isPlain }));
  }
}

function* unfinishedBlobs(findings: Findings, { path: folder }: Repository): DiskProgram<void> {
  const blobs = join(folder, 'blobs');
  for (const name of yield* namesIn(findings, blobs)) {
    const path = join(blobs, name);
    if (isUnfinished(name)) findings.problem(path, 'NotFound', `${path} is a download that was not finished`);
  }
}

/** The commits behind the names of a repository; names may have slashes (`refs/pr/1`). */
function* refsOf(findings: Findings, { path: folder }: Repository): DiskProgram<Map<string, string>> {
  const refs = new Map<string, string>();
  const folders = [''];
  for (let prefix = folders.shift(); prefix !== undefined; prefix = folders.shift()) {
    for (const plain of yield* namesIn(findings, join(folder, 'refs', prefix))) {
      const name = prefix + plain;
      const path = join(folder, 'refs', name);
      if (isUnfinished(plain) || plain.startsWith('.')) continue;
      if ((yield* typeOf(path)) === 'directory' && name.split('/').length < 8) folders.push(`${name}/`);
      else {
        const commit = yield* attempt(findings, path, refAt(path));
        if (commit !== undefined) refs.set(name, commit);
      }
    }
  }
  return refs;
}

function* refAt(path: string): DiskProgram<string> {
  const text = (yield* readText(path)).trim();
  if (/^[0-9a-f]{40}$/.test(text)) return text;
  throw refusal('InvalidRecord', `${path} does not name a commit`);
}

function* revisionModels(findings: Findings, revision: Revision): DiskProgram<void> {
  const { repository, commit } = revision;
  const folder = join(repository.path, 'snapshots', commit);
  const treePath = join(repository.path, 'trees', `${commit}.json`);
  const tree = (yield* typeOf(treePath)) === undefined ? undefined : yield* attempt(findings, treePath, readTree(treePath));
  const members = yield* membersBelow(findings, folder, (name, seen) => promisedOf(name, seen, { repository, tree }));
  const sized = members.map((member) => withSize(member, tree));
  const isModel = sized.some((member) => isWeights(member));
  const missing = isModel ? missingOf(tree, sized) : undefined;
  if (missing !== undefined) {
    const error = refusal('NotFound', `${missing} is missing: the download of ${repository.name} was not finished`);
    sized.push({ name: missing, path: join(folder, missing), flaw: error });
  }
  if (!isModel && !sized.some(({ name }) => /\.gguf$/i.test(name))) {
    findings.problemOf(repository.name, folder, refusal('NotFound', `${repository.name} is here without weights`));
    return;
  }
  addModels(findings, { folder, members: sized, modelFolders: isModel ? [''] : [] }, namingOf(revision));
}

/** What a blob's name promises is a name in `blobs/` of the repository: further on names are other hashes. */
function promisedOf(name: string, seen: SeenFile, of: { readonly repository: Repository; readonly tree: Tree | undefined }): Promised {
  const told = of.tree?.get(name);
  if (told?.sha256 !== undefined) return { sha256: told.sha256 };
  const blob = dirname(seen.firstHop) === join(of.repository.path, 'blobs') ? basename(seen.firstHop) : '';
  const digest = `sha256:${blob}`;
  if (isDigest(digest) && blob !== told?.xet) return { sha256: digest };
  if (told?.gitBlob !== undefined) return { gitBlob: told.gitBlob };
  return /^[0-9a-f]{40}$/.test(blob) ? { gitBlob: blob } : {};
}

function withSize(member: Member, tree: Tree | undefined): Member {
  const told = tree?.get(member.name)?.bytes;
  if (told === undefined || !('bytes' in member) || member.bytes === told) return member;
  const { name, path, bytes } = member;
  return { name, path, flaw: refusal('DigestMismatch', `${path} has ${bytes} bytes, not ${told} as its revision says`) };
}

/** Of a model in safetensors: what the revision has and is not here. What is of other formats may have been left out on purpose. */
function missingOf(tree: Tree | undefined, members: readonly Member[]): string | undefined {
  if (tree === undefined || !members.some(({ name }) => /\.safetensors$/.test(name))) return undefined;
  const here = new Set(members.map(({ name }) => name));
  return [...tree.keys()].find((name) => !here.has(name) && (name === 'config.json' || /^[^/]+\.safetensors$/.test(name)));
}

/** `org/name` for a folder, `org/name/stem` for a GGUF; `org/name@revision…` where that is not what the name alone stands for. */
function namingOf({ repository, commit, refs, isPlain }: Revision): NameModel {
  const revision = refs[0] ?? commit;
  const shown = isPlain ? '' : `@${refs[0] ?? commit.slice(0, 8)}`;
  return ({ stem, type, members }) => {
    const id = type === 'folder' ? `${repository.name}${shown}` : `${repository.name}${shown}/${stem}`;
    const path = type === 'folder' ? undefined : members[0]?.name;
    const source = hubRef(repository, { revision: commit, path });
    return { id: id.normalize('NFC'), source, ref: hubRef(repository, { revision: isPlain ? undefined : revision, path }) };
  };
}

/** The reference of something in a repository. */
export function hubRef(
  { name }: Pick<Repository, 'name'>,
  { revision, path }: { readonly revision?: string | undefined; readonly path?: string | undefined },
): string {
  const [first = '', ...rest] = name.split('/');
  const org = rest.length === 0 ? undefined : first;
  const repo = org === undefined ? first : rest.join('--');
  // `hf:a/b` would be org and repo: without an org a path needs a revision before it.
  const told = revision ?? (org === undefined && path !== undefined ? 'main' : undefined);
  return formatModelRef({
    kind: 'hf',
    ...(org !== undefined && { org }),
    repo,
    ...(told !== undefined && { revision: told }),
    ...(path !== undefined && { path }),
  });
}
