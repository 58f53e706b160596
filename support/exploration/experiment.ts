import type { Catalog } from '../../src/catalog.js';
import { canonicalJson } from '../../src/core/canonical-json.js';
import type { ModelEntry } from '../../src/core/records.js';
import type { Disk } from '../../src/disk/program.js';
import { type CrashExperiment, SimulatedDisk, type SimulatedDiskOptions } from '../../src/sim/index.js';
import { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import { modelEntry } from '../model-entry.js';
import { begin, type Expected, expectedAfter, nothing, type Operation, opened, perform, type Session, source } from './alphabet.js';
import { type CorrectionName, without } from './corrections.js';
import { expectTidy } from './tidy.js';

/** What is explored: a history whose last operation is crashed, and how many generations are kept meanwhile. */
export interface CatalogRun {
  readonly history: readonly Operation[];
  readonly keepGenerations: number;
  readonly disk?: SimulatedDiskOptions;
  /** A part of the protocol that is left out, to see that it is missed. */
  readonly without?: CorrectionName;
}

interface Acting extends Session {
  expected: Expected;
}

const further = 'zz-further';

export function catalogExperiment({ history, keepGenerations, disk: options, without: correction }: CatalogRun): CrashExperiment<Acting> {
  const prefix = history.slice(0, -1);
  const last = history.at(-1);
  return {
    disk: () => new SimulatedDisk({ root: ['/home/user'], ...options }).plant(source.path, source.text),
    prepare: async (disk) => {
      const session: Acting = { ...(await begin(without(correction, 'act', disk), keepGenerations)), expected: nothing };
      for (const [nth, operation] of prefix.entries()) session.expected = await perform(session, operation, session.expected, nth);
      return session;
    },
    act: async (session) => {
      if (last !== undefined) await perform(session, last, session.expected, prefix.length);
    },
    read: (disk) => viewOf(without(correction, 'read', disk), { readOnly: true, keepGenerations }),
    recover: (disk) => viewOf(without(correction, 'recover', disk), { readOnly: false, keepGenerations }),
    write: async (disk) => {
      const catalog = await opened(without(correction, 'act', disk), { keepGenerations });
      await catalog.put(modelEntry(further));
      if ((await catalog.get(further)) === undefined) throw new Error('a put after a recovery is not there');
      return shown(catalog);
    },
    inspect: expectTidy,
    // A temp is thrown away unread, and the lock's text is for people who wait.
    unread: (name) => name.endsWith('.tmp') || name === 'catalog.lock',
  };
}

async function viewOf(disk: Disk, options: { readonly readOnly: boolean; readonly keepGenerations: number }): Promise<string> {
  const catalog = await opened(disk, options);
  const view = await shown(catalog);
  await catalog.close();
  return view;
}

/** Whether a catalog, in which nothing failed, holds what its history means; gives what is wrong. */
export function whyNotMeant(history: readonly Operation[], view: string): string | undefined {
  const { models, revision }: Seen = JSON.parse(view);
  const expected = expectedAfter(history);
  const found: Expected = {
    revision: revision.models,
    models: Object.fromEntries(
      models.map(({ record: { id, name, state, digest } }) => [id, { name, state, ...(digest !== undefined && { digest }) }]),
    ),
  };
  const [shown, meant] = [canonicalJson(found), canonicalJson(expected)];
  return shown === meant ? undefined : `without any crash there is ${shown}; the history means ${meant}`;
}

interface Seen {
  readonly revision: { readonly models: number };
  readonly models: readonly { readonly record: ModelEntry }[];
}

/** All that a catalog holds, each record with the revision that changed it last. */
async function shown({ store }: Catalog): Promise<string> {
  if (!(store instanceof FsCatalog)) throw new Error('the catalog of a file system was asked for');
  return JSON.stringify(await store.snapshot());
}
