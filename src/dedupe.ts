import { join, relative, resolve, sep } from 'node:path';
import { checkNotAborted, type FileReading, isChanged, type LongWork } from './artifacts/hash-file.js';
import { type Copy, type Replacement, replaceByHardLink, replaceByShownLink } from './artifacts/replace-by-link.js';
import { unreadable } from './artifacts/source.js';
import { blobsThere } from './artifacts/stored-blobs.js';
import { type FoundFile, regularFilesBelow, statusIfSeen } from './artifacts/survey.js';
import { recordIdentity } from './blob-identities.js';
import type { CatalogContext } from './catalog-context.js';
import { finishClaim } from './claiming.js';
import type { Digest } from './core/digest.js';
import { isCatalogError } from './core/errors.js';
import { blobPath, filePlaces, isManaged } from './core/model-layout.js';
import type { Problem } from './core/problem.js';
import type { ModelEntry } from './core/records.js';
import { asCatalogError } from './disk/failure.js';
import { type DiskProgram, stat } from './disk/program.js';
import type { FileStat } from './disk/steps.js';
import { inParallel } from './in-parallel.js';

/** Whether copies are only looked for. */
export interface DedupeOptions extends LongWork {
  /** Tell what would be replaced, and change nothing. */
  dryRun?: boolean | undefined;
}

/** Paths are relative to the root. */
export interface DedupeReport {
  /** Regular files in the root that are not the catalog's own. */
  scanned: number;
  replaced: { path: string; digest: Digest; bytes: number }[];
  bytes_reclaimed: number;
  /** Copies that stay, and files of which it could not be told. */
  kept: { path: string; because: string }[];
  dry_run: boolean;
  errors: Problem[];
}

/**
 * CAT-ADO-2204: replaces files in the root whose content is that of a blob by links; see `Catalog.dedupe`. Each is hashed, and so is
 * its blob; only what is still as it was then, and nobody else's by now (CAT-BLB-2109), is replaced.
 */
export async function dedupe(context: CatalogContext, options: DedupeOptions): Promise<DedupeReport> {
  const { dryRun = false, signal } = options;
  const report: DedupeReport = { scanned: 0, replaced: [], bytes_reclaimed: 0, kept: [], dry_run: dryRun, errors: [] };
  const survey = await surveyed(context);
  report.scanned = survey.scanned;
  const judge = judging(context, survey, options);
  const judged = await inParallel(survey.candidates, context.hashing.most, (file) => tried(report, file.name, () => judge(file)));
  for (const verdict of judged) {
    checkNotAborted(signal);
    if (verdict === undefined) continue;
    if (verdict.kind === 'kept') report.kept.push({ path: verdict.name, because: verdict.because });
    else await tried(report, verdict.copy.name, () => replace(context, verdict.copy, { survey, report, dryRun }));
  }
  return report;
}

/** What is in a root, as far as it says what a copy is. */
interface Survey extends Owners {
  readonly scanned: number;
  /** Files of a size that some blob has. */
  readonly candidates: readonly FoundFile[];
  readonly blobs: ReadonlySet<string>;
  /** How many names each file with more than one has in the root, those that it got from us since among them. */
  readonly names: Map<string, number>;
}

/** Whose the files in a root are, as the entries have it at some moment. */
interface Owners {
  /** By where it should be, relative to the root, the id of the entry that shows a file there. */
  readonly shown: ReadonlyMap<string, string>;
  /** Why a file is not ours to replace. */
  readonly whose: (file: FoundFile) => string | undefined;
}

type Verdict = { readonly kind: 'copy'; readonly copy: Copy } | { readonly kind: 'kept'; readonly name: string; readonly because: string };

async function surveyed(context: CatalogContext): Promise<Survey> {
  const { artifacts } = context;
  const { root } = artifacts;
  const blobs = await artifacts.run(blobsThere(root));
  const files = await artifacts.run(regularFilesBelow(root, isOurs));
  const unfinished = await artifacts.run(regularFilesBelow(root, (name) => !/^(ingest|trash)(\/|$)/.test(name)));
  const [sizes, inodes] = [new Set(blobs.map(({ status }) => status.size)), new Set(blobs.map(({ status }) => inodeOf(status)))];
  return {
    scanned: files.length,
    // What has a blob's inode is a second name of it, and no copy.
    candidates: files.filter(({ status }) => status.size > 0 && sizes.has(status.size) && !inodes.has(inodeOf(status))),
    blobs: new Set(blobs.map(({ digest }) => digest)),
    names: namesOf([...blobs, ...files, ...unfinished]),
    ...(await ownersOf(context)),
  };
}

function namesOf(files: readonly { readonly status: FileStat }[]): Map<string, number> {
  const names = new Map<string, number>();
  for (const { status } of files) if (status.links > 1) names.set(inodeOf(status), (names.get(inodeOf(status)) ?? 0) + 1);
  return names;
}

async function ownersOf({ artifacts, store, host }: CatalogContext): Promise<Owners> {
  const { root } = artifacts;
  const entries = (await store.models.list()).map(({ record }) => record);
  const others = entries.filter((entry) => !isManaged(entry));
  const owned = new Set((await artifacts.run(statusesOf(others, root))).map(inodeOf));
  const stores = others.flatMap(({ adopted_from }) =>
    adopted_from ? [relative(root, resolve(adopted_from.path)).replaceAll(sep, '/')] : [],
  );
  return {
    shown: new Map(entries.filter(isManaged).flatMap((entry) => filePlaces(entry).map(({ path }) => [path, entry.id] as const))),
    whose: ({ name, status }) => {
      if (owned.has(inodeOf(status))) return 'a model is referenced or adopted there';
      if (stores.some((store) => store !== '' && (name === store || name.startsWith(`${store}/`)))) return 'it is in another tool’s store';
      return host.system.user !== undefined && status.owner !== host.system.user ? 'it is another user’s' : undefined;
    },
  };
}

/** The catalog's own files and folders, of whatever store and version: what they hold is no copy of a model for anybody. */
const ownNames = [
  'blobs',
  'generations',
  'journal',
  'ingest',
  'trash',
  'quarantine',
  'leases',
  'set-aside',
  'projections',
  'policy.json',
  'reserve',
];

function isOurs(name: string): boolean {
  if (name.includes('/')) return false;
  return ownNames.includes(name) || /^(catalog|engines|root|platform)\.json|\.lock|\.tmp$|^reserve/.test(name);
}

function* statusesOf(entries: readonly ModelEntry[], root: string): DiskProgram<FileStat[]> {
  const found: FileStat[] = [];
  for (const { path } of entries.flatMap(filePlaces)) {
    const status = yield* statusIfSeen(resolve(root, path), { follow: true });
    if (status !== undefined) found.push(status);
  }
  return found;
}

/** Says of a file whether it is a copy of a good blob; nothing of one that is none. */
function judging(context: CatalogContext, survey: Survey, work: LongWork): (file: FoundFile) => Promise<Verdict | undefined> {
  const { root } = context.artifacts;
  const read = (path: string): Promise<FileReading> => context.hashing.read(path, { onProgress: work.onProgress, signal: work.signal });
  const readBlobs = new Map<string, Promise<FileReading>>();
  const readBlob = (digest: Digest): Promise<FileReading> => {
    const reading = readBlobs.get(digest) ?? read(join(root, blobPath(digest)));
    readBlobs.set(digest, reading);
    return reading;
  };
  return async (file) => {
    const { name } = file;
    const found = await read(join(root, name));
    if (found.kind === 'trouble') return inTrouble(name, found);
    if (!survey.blobs.has(found.digest)) return undefined;
    const because = survey.whose(file);
    if (because !== undefined) return { kind: 'kept', name, because };
    const blob = await readBlob(found.digest);
    if (blob.kind === 'content' && blob.digest === found.digest) {
      return { kind: 'copy', copy: { name, digest: found.digest, status: found.status, blob: blob.status } };
    }
    return { kind: 'kept', name, because: 'the blob of its content is damaged' };
  };
}

function inTrouble(name: string, trouble: Extract<FileReading, { kind: 'trouble' }>): Verdict | undefined {
  if (trouble.reason === 'missing') return undefined;
  if (trouble.reason === 'changed-during-verification') return { kind: 'kept', name, because: 'it changed while it was read' };
  throw unreadable(name, trouble);
}

async function replace(
  context: CatalogContext,
  copy: Copy,
  { survey, report, dryRun }: { readonly survey: Survey; readonly report: DedupeReport; readonly dryRun: boolean },
): Promise<void> {
  const { name: path, digest } = copy;
  const done = await replacement(context, copy, { names: survey.names, dryRun });
  if (done.kind === 'kept') report.kept.push({ path, because: done.because });
  else {
    report.replaced.push({ path, digest, bytes: copy.status.size });
    report.bytes_reclaimed += done.freed;
  }
  const after = done.before && (await blobStatus(context, digest));
  if (done.before && after) await recordIdentity(context, digest, { before: done.before, after });
}

/** With the status that a blob had before it got another name, if it did. */
type Done = Replacement & { readonly before?: FileStat };
type Replacing = { readonly names: Map<string, number>; readonly dryRun: boolean };

/** Whose a copy is, is asked again: hours of hashing may lie between, in which it was adopted. */
async function replacement(context: CatalogContext, copy: Copy, { names, dryRun }: Replacing): Promise<Done> {
  const { shown, whose } = await ownersOf(context);
  const [because, id] = [whose(copy), shown.get(copy.name)];
  if (because !== undefined) return { kind: 'kept', because };
  if (id !== undefined) return dryRun ? planned(copy) : replaceShown(context, copy, id);
  const blob = await blobStatus(context, copy.digest);
  if (blob === undefined || isChanged(copy.blob, blob)) return { kind: 'kept', because: 'its blob changed meanwhile' };
  if (!isOurOwn(blob, names, context)) return { kind: 'kept', because: 'its blob is somebody’s file' };
  return dryRun ? planned(copy) : replaceOther(context, { ...copy, blob }, names);
}

function blobStatus({ artifacts }: CatalogContext, digest: Digest): Promise<FileStat | undefined> {
  return artifacts.run(stat(join(artifacts.root, blobPath(digest))));
}

/** Nobody can write to it, and nobody has a name for it but us: what came by a link has its source's mode, owner and name. */
function isOurOwn(blob: FileStat, names: ReadonlyMap<string, number>, { host }: CatalogContext): boolean {
  const isOwned = host.system.user === undefined || blob.owner === host.system.user;
  return isOwned && (blob.mode & 0o222) === 0 && blob.links <= (names.get(inodeOf(blob)) ?? 1);
}

function planned({ status }: Copy): Replacement {
  return { kind: 'replaced', freed: status.links === 1 ? status.size : 0 };
}

async function replaceOther(context: CatalogContext, copy: Copy, names: Map<string, number>): Promise<Done> {
  const { artifacts, host, prepare } = context;
  await prepare();
  const done = await artifacts.run(replaceByHardLink(copy, { root: artifacts.root, host }));
  if (done.kind === 'replaced') names.set(inodeOf(copy.blob), copy.blob.links + 1);
  return { ...done, before: copy.blob };
}

/**
 * Under a claim: what a kill leaves is mended by the next writing open, and where the model changed meanwhile its links end as its
 * newest record has them (CAT-GC-2305). Else nothing is shown anew: a file that somebody put there is no copy, and stays.
 */
async function replaceShown(context: CatalogContext, copy: Copy, id: string): Promise<Replacement> {
  const { artifacts, host, prepare } = context;
  await prepare();
  const claim = await artifacts.claim({ id: id }, [copy.digest]);
  try {
    if (!(await isShown(context, copy, id))) return { kind: 'kept', because: 'its model changed meanwhile' };
    return await artifacts.run(replaceByShownLink(copy, { root: artifacts.root, host }));
  } finally {
    if (await isShown(context, copy, id)) await artifacts.removeClaim(claim);
    else await finishClaim(context, claim, { mending: false });
  }
}

async function isShown({ store }: CatalogContext, copy: Copy, id: string): Promise<boolean> {
  const entry = (await store.models.get(id))?.record;
  return entry !== undefined && isManaged(entry) && showsThere(entry, copy);
}

function showsThere(entry: ModelEntry, { name, digest }: Copy): boolean {
  return filePlaces(entry).some(({ path, file }) => path === name && file.digest === digest);
}

/** What is wrong with one file is told, and the others go on. */
async function tried<T>(report: DedupeReport, path: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = asCatalogError(error, 'could not look at it');
    if (isCatalogError(error, 'Aborted') || isCatalogError(error, 'ReadOnly') || isCatalogError(error, 'Closed')) throw error;
    report.errors.push({ path, code, message });
    return undefined;
  }
}

function inodeOf({ device, inode }: FileStat): string {
  return `${device}:${inode}`;
}
