import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { type Disk, run } from '../src/disk/program.js';
import { SimulatedDisk } from '../src/disk/simulated-disk.js';
import { describeStep } from '../src/disk/steps.js';
import { migrateCatalog } from '../src/migrate.js';
import { openCatalog } from '../src/open-catalog.js';
import { CrashExplorer } from '../src/sim/crash/explorer.js';
import type { CatalogStore } from '../src/stores/catalog-store.js';
import { FsCatalog, storeOfRoot } from '../src/stores/fs/fs-catalog.js';
import { JournalCatalog } from '../src/stores/journal/journal-catalog.js';
import { disturbed, systemError } from './artifact-helpers.js';
import { newestPath } from './damage.js';
import { withEachStep } from './interrupt/disks.js';
import { engineEntry, modelEntry } from './model-entry.js';

type StoreName = 'fs' | 'journal';

/** All records, in the order of their revisions. */
export interface Shown {
  readonly models: readonly unknown[];
  readonly engines: readonly unknown[];
  readonly revisions: Readonly<Record<string, number>>;
}

/** Four models and two engines, each with a history. */
export async function writeHistory({ models, engines }: CatalogStore): Promise<void> {
  for (const id of ['a', 'c', 'b', 'gone']) await models.put(modelEntry(id));
  await models.put(modelEntry('c', { name: 'again', labels: { team: 'vision' }, registered_at: '2020-01-02T03:04:05.678Z' }));
  await models.delete('gone');
  await models.delete('a');
  for (const id of ['e', 'a']) await models.put(modelEntry(id, { pins: [{ reason: 'in production', since: '2026-01-02T03:04:05.678Z' }] }));
  for (const id of ['f', 'e', 'gone']) await engines.put(engineEntry(id));
  await engines.delete('gone');
}

export async function recordsOf({ models, engines }: CatalogStore): Promise<Shown> {
  const [allModels, allEngines] = [await models.list(), await engines.list()].map((all) =>
    [...all].sort((one, other) => one.revision - other.revision),
  );
  const both = { models: allModels ?? [], engines: allEngines ?? [] };
  return {
    models: both.models.map(({ record }) => record),
    engines: both.engines.map(({ record }) => record),
    revisions: Object.fromEntries(
      Object.entries(both).flatMap(([name, all]) => all.map(({ record, revision }) => [`${name} ${record.id}`, revision])),
    ),
  };
}

/** Another byte in the newest generation of the models. */
export async function damageNewest(root: string): Promise<void> {
  const path = await newestPath(root, 'models');
  const text = await readFile(path, 'utf8');
  await writeFile(`${path}.new`, text.replace('"id":"a"', '"id":"x"'));
  await chmod(`${path}.new`, 0o400);
  await rename(`${path}.new`, path);
}

const root = '/home/user/root';
const segmentMaxBytes = 1024;

/** A catalog on a simulated disk that is to be moved. */
export interface Move {
  readonly disk: SimulatedDisk;
  readonly from: StoreName;
  readonly to: StoreName;
  /** What is shown of it. */
  readonly shown: string;
}

/** A small catalog; with what the other store has left it was moved there once, and back. */
export async function simulatedMove(from: StoreName, hasLeft: boolean): Promise<Move> {
  const disk = new SimulatedDisk({ root: ['/home/user'] });
  const to = from === 'fs' ? 'journal' : 'fs';
  const process = disk.process();
  {
    await using opened = await openedStore(process, hasLeft ? to : from);
    await opened.store.models.put(modelEntry('a'));
    await opened.store.engines.put(engineEntry('e'));
  }
  if (hasLeft) await migrateCatalog({ root, to: from, disk: process, segmentMaxBytes });
  {
    await using opened = await openedStore(process);
    await opened.store.models.put(modelEntry('b', { name: 'newest' }));
  }
  const kept = disk.crash('kept');
  return { disk: kept, from, to, shown: await shownTo(kept.fork().process(), { readOnly: true }) };
}

/** Cuts the power at every step of a move, and of recoveries so deep; gives how many states of the disk were met. */
export async function exploredMove({ disk, from, to, shown }: Move, depth: number): Promise<number> {
  const explorer = new CrashExplorer({ depth, exhaustUpTo: 5, samples: 60 });
  await explorer.explore(`from ${from} to ${to}`, {
    disk: () => disk.crash('kept'),
    prepare: async (process) => process,
    act: (process: Disk) => migrateCatalog({ root, to, disk: process, segmentMaxBytes }),
    recover: (process) => shownTo(process, {}),
    read: (process) => shownTo(process, { readOnly: true }),
    write: async (process) => {
      {
        await using opened = await openedStore(process);
        await opened.store.models.put(modelEntry('after'));
      }
      return shownTo(process, { readOnly: true });
    },
    // The text of a lock is for messages.
    unread: (name) => name.endsWith('.tmp') || name.endsWith('.lock'),
    views: [shown, shown.replace(`"${from}"`, `"${to}"`)],
  });
  expect(explorer.failures, JSON.stringify(explorer.failures.map(({ complaint, events }) => [complaint, events]))).to.deep.equal([]);
  return explorer.states.size;
}

/** Lets each step of a move fail, one at a time; gives how many there were. */
export async function failedMoves({ disk, from, to, shown }: Move): Promise<number> {
  for (let nth = 1; ; nth++) {
    const left = disk.crash('kept');
    const process = left.process();
    const failing = failingAt(process, nth);
    const outcome = await migrateCatalog({ root, to, disk: failing.disk, segmentMaxBytes }).then(
      () => 'moved',
      (error: { code?: string; stack?: string }) => error.code ?? error.stack,
    );
    if (failing.step() === undefined) return nth - 1;
    // What could not be closed is closed.
    process.kill();
    const where = `${failing.step()} failed, and the move ended as ${outcome}`;
    const found = await shownTo(left.process(), {}).catch((error: Error) => `${error.message}`);
    const wanted = outcome === 'moved' ? [to] : outcome === 'CommitUnknown' ? [from, to] : [from];
    expect(
      wanted.map((store) => shown.replace(`"${from}"`, `"${store}"`)),
      where,
    ).to.include(found);
    expect(await shownTo(left.crash('lost').process(), {}), `${where}, and then the power`).to.be.oneOf(
      [from, to].map((store) => shown.replace(`"${from}"`, `"${store}"`)),
    );
  }
}

/** How somebody fared who opened a catalog that was moved meanwhile. */
export interface Opened {
  /** Before which step it was moved. */
  readonly before: string;
  readonly store?: string;
  /** All records, or the code of a refusal. */
  readonly saw?: string;
  /** The code with which opening it was refused. */
  readonly refused?: string;
}

/** Opens a catalog, and again, each time with a move just before the next step; where the opener has the lock it cannot be moved. */
export async function openedWhileMoved({ disk, to }: Move, store?: StoreName): Promise<Opened[]> {
  const all: Opened[] = [];
  for (let nth = 1; ; nth++) {
    const left = disk.crash('kept');
    const other = left.process();
    let step: string | undefined;
    let count = 0;
    const moving = withEachStep(left.process(), (next) => {
      if (++count !== nth) return undefined;
      step = describeStep(next);
      return migrateCatalog({ root, to, disk: other, segmentMaxBytes, lockTimeoutMs: 0 }).then(
        () => {},
        () => {
          step = undefined;
        },
      );
    });
    const opened = await asCode(openCatalog({ root, disk: moving, ...(store && { store }) }));
    if (count < nth) return all;
    if (typeof opened === 'string') all.push({ before: step ?? 'Busy', refused: opened });
    else {
      await using catalog = opened;
      if (step === undefined) continue;
      const records = await asCode(recordsOf(catalog.store));
      const saw = typeof records === 'string' ? records : JSON.stringify({ models: records.models, engines: records.engines });
      all.push({ before: step, store: catalog.store.name, saw });
    }
  }
}

async function asCode<T extends object>(work: Promise<T>): Promise<T | string> {
  return work.catch((error: { readonly code?: string; readonly stack?: string }) => error.code ?? String(error.stack));
}

/** Moves a catalog while the disk gives other records than were written, once they are read back; gives why it was refused. */
export async function mistakenMove({ disk, to, shown }: Move): Promise<unknown> {
  const [left, other] = [disk.crash('kept'), disk.crash('kept')];
  {
    await using opened = await openedStore(other.process());
    await opened.store.models.put(modelEntry('b', { name: 'another' }));
  }
  await migrateCatalog({ root, to, disk: other.process(), segmentMaxBytes });
  const copied = (place: SimulatedDisk): string[] => [...place.snapshotTree().keys()].filter((path) => isCopy[to].test(path));
  const others = copied(other);
  let isWritten = false;
  const mistaken = withEachStep(left.process(), (step, paths) => {
    const isReadBack = (step.op === 'list' || step.op === 'open') && readFirst[to].test(paths.of(step));
    if (isWritten || !isReadBack || copied(left).filter((path) => path.endsWith(writtenLast[to])).length === 0) return undefined;
    isWritten = true;
    for (const path of copied(left)) left.uproot(path);
    for (const path of others) left.plant(path, other.bytesAt(path));
    return undefined;
  });
  const refused: unknown = await migrateCatalog({ root, to, disk: mistaken, segmentMaxBytes }).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(isWritten, 'whether it was read back').to.equal(true);
  expect(await shownTo(left.process(), { readOnly: true })).to.equal(shown);
  return refused;
}

/** Where a copy lies, what of it is read first when it is read back, and what of it was written last. */
const isCopy = { fs: /\/(catalog\.json|engines\.json|generations\/.*\/\d+)$/, journal: /\/journal\/(\d+\.seg|checkpoint)$/ } as const;
const readFirst = { fs: /\/generations\/models(\/\d+)?$/, journal: /\/checkpoint$/ } as const;
const writtenLast = { fs: 'engines.json', journal: 'checkpoint' } as const;

function failingAt(process: Disk, nth: number): { readonly disk: Disk; readonly step: () => string | undefined } {
  let left = nth;
  let met: string | undefined;
  const disk = disturbed(process, (step) => {
    if (step.op === 'wait' || --left !== 0) return;
    met = describeStep(step);
    throw systemError('EIO');
  });
  return { disk, step: () => met };
}

async function shownTo(process: Disk, options: { readonly readOnly?: boolean }): Promise<string> {
  await using opened = await openedStore(process, undefined, options);
  const { models, engines } = await recordsOf(opened.store);
  return JSON.stringify({ store: opened.store.name, models, engines });
}

/** The store that the root says it is, with segments of which few bytes wait to be synced. */
async function openedStore(process: Disk, store?: StoreName, options: { readonly readOnly?: boolean } = {}) {
  const said = store ?? (await run(storeOfRoot(root), process))?.store;
  const given = { root, disk: process, ...options };
  const opened = await (said === 'journal' ? JournalCatalog.open({ ...given, segmentMaxBytes }) : FsCatalog.open(given));
  return { store: opened, [Symbol.asyncDispose]: () => opened.close() };
}
