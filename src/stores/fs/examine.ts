import { basename, join } from 'node:path';
import { isCatalogError } from '../../core/errors.js';
import { type Finding, platformFindings } from '../../core/findings.js';
import type { Host } from '../../disk/host.js';
import { type DiskProgram, list, stat } from '../../disk/program.js';
import { closeQuietly } from '../../disk/whole-file.js';
import type { Platform, PlatformReport } from '../../platform/platform.js';
import { indexState } from './index-copy.js';
import { newestRevision, openNewest } from './open-generation.js';
import { generationPath, type IndexPlace, indexPlace, isTempName, rootFile } from './place.js';
import { openForReading } from './read.js';
import { examineReserve } from './reserve.js';
import { collections } from './root.js';

/** What is damaged, left over or weaker than it should be, and what is known of the platform. */
export interface DoctorReport {
  /** Whether nothing was found that is an error. */
  ok: boolean;
  findings: Finding[];
  platform: PlatformReport;
}

/** Whether the disk is tried out, with files that are removed again. */
export interface DoctorOptions {
  /**
   * Whether files may be made for a moment to see what the disk can do: hard links, reflinks, and what it makes of names. Unless told,
   * where the catalog was opened to write.
   */
  tryDisk?: boolean | undefined;
}

/** What is looked over, and how. */
export interface Examined {
  readonly root: string;
  readonly platform: Platform;
  readonly host: Host;
  readonly mayTry: boolean;
}

/** Looks a root over without changing anything: what is damaged, what a dead writer left, what is weaker here than it should be. */
export function* examineRoot(examined: Examined): DiskProgram<DoctorReport> {
  const findings: Finding[] = [];
  const places = collections.map((collection) => indexPlace(examined.root, collection));
  for (const place of places) findings.push(...(yield* examineIndex(place)));
  return yield* examinePlace(examined, { findings, changed: places.map(({ index }) => index) });
}

/** What a dead writer left and what is weaker than it should be, after what was found of what is kept there, which is in these files. */
export function* examinePlace(
  { root, platform, host, mayTry }: Examined,
  kept: { readonly findings: readonly Finding[]; readonly changed: readonly string[] },
): DiskProgram<DoctorReport> {
  const [directory, changedNs] = [yield* stat(root), yield* lastChange([rootFile(root), ...kept.changed])];
  const leftovers = [...(yield* examineLeftovers(root)), ...(yield* examineReserve(root))];
  const report = yield* platform.report({ mayTry });
  const { user } = host.system;
  const seen = { root, platform: report, directory, changedNs, user, nowMs: host.clock(), isWeak: platform.durable === 'weak' };
  const findings = [...kept.findings, ...leftovers, ...platformFindings(seen)];
  return { ok: !findings.some(({ severity }) => severity === 'error'), findings, platform: report };
}

function* lastChange(paths: readonly string[]): DiskProgram<bigint | undefined> {
  let last: bigint | undefined;
  for (const path of paths) {
    const { mtimeNs } = (yield* stat(path)) ?? {};
    if (mtimeNs !== undefined && (last === undefined || mtimeNs > last)) last = mtimeNs;
  }
  return last;
}

function* examineIndex(place: IndexPlace): DiskProgram<Finding[]> {
  const damage = yield* damageOf(place);
  if (damage !== undefined) return [damage];
  const state = yield* indexState(place);
  if (state === 'damaged' || state === 'lags') {
    const what = state === 'damaged' ? 'is damaged' : 'does not show the newest generation';
    return [
      {
        id: state === 'damaged' ? 'index-damaged' : 'index-lags',
        severity: 'warning',
        message: `${place.index} ${what}; the catalog itself is whole`,
        remedy: 'the next command that writes puts it right; or run: catalog repair',
      },
    ];
  }
  return yield* namedElsewhere(place);
}

/** CAT-SEC-6002: whoever has another name for a generation can write to it there. One that a backup made is no harm, and so it is told. */
function* namedElsewhere(place: IndexPlace): DiskProgram<Finding[]> {
  const revision = yield* newestRevision(place);
  const path = revision === undefined ? undefined : generationPath(place, revision);
  const newest = path === undefined ? undefined : yield* stat(path);
  if (newest?.type !== 'file') return [];
  let names = 1;
  for (const name of [basename(place.index), ...(yield* list(place.root)).filter(isTempName)])
    if ((yield* stat(join(place.root, name)))?.inode === newest.inode) names++;
  if (newest.links <= names) return [];
  return [
    {
      id: 'named-elsewhere',
      severity: 'warning',
      message: `${path} has a name outside of ${place.root} too: what is written there is written to the catalog`,
      remedy: `nothing, if that name is of a backup; else find it and remove it: find / -xdev -samefile ${path}`,
    },
  ];
}

/** What every call that needs this index would be told. */
function* damageOf(place: IndexPlace): DiskProgram<Finding | undefined> {
  try {
    const newest = (yield* openForReading(place)) ?? (yield* openNewest(place));
    if (newest !== undefined) yield* closeQuietly(newest.handle);
    return undefined;
  } catch (error) {
    if (!isCatalogError(error)) throw error;
    const isNewer = error.code === 'SchemaVersionUnsupported';
    return {
      id: isNewer ? 'newer-version' : `${place.collection}-corrupt`,
      severity: 'error',
      message: error.message,
      remedy: isNewer ? 'use the program that wrote it, or a newer one' : 'run: catalog repair',
    };
  }
}

function* examineLeftovers(root: string): DiskProgram<Finding[]> {
  if ((yield* stat(root)) === undefined) return [];
  const names = (yield* list(root)).filter((name) => isTempName(name.replace(/\.d$/, '')));
  return names.map((name) => ({
    id: 'temp-left',
    severity: 'info',
    message: `${join(root, name)} is of a writer that has not finished`,
    remedy: 'nothing: if that writer is dead, the next command that writes removes it',
  }));
}
