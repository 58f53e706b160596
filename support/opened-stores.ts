import type { Disk } from '../src/disk/program.js';
import { Journal } from '../src/journal/journal.js';
import type { PlatformOptions, PlatformReport } from '../src/platform/platform.js';
import { FsCatalog } from '../src/stores/fs/fs-catalog.js';
import { JournalCatalog } from '../src/stores/journal/journal-catalog.js';
import { modelEntry } from './model-entry.js';

/** What keeps something on a machine, by the words of a scenario. */
export const whats = ['a journal', 'a catalog of files', 'a catalog with journal'] as const;
export type What = (typeof whats)[number];

/** One of them, open: what they all can do. */
export interface Opened {
  write(id: string): Promise<void>;
  /** The ids that are there. */
  read(): Promise<string[]>;
  platform(): Promise<Omit<PlatformReport, 'facts'>>;
  /** What it promises of its own accord; a journal promises nothing. */
  readonly durable: string | undefined;
  /** Whether what a snapshot shows is said to be there for ever; of a catalog. */
  snapshotIsDurable(): Promise<boolean>;
  close(): Promise<void>;
}

export interface Opening extends PlatformOptions {
  readonly place: string;
  readonly disk?: Disk | undefined;
  readonly readOnly?: boolean;
  readonly onOpen?: () => void;
  readonly allowUnsafeRoot?: boolean;
}

const note = 0x1001;

export function open(what: What, { place, disk, ...options }: Opening): Promise<Opened> {
  const given = { ...options, ...(disk && { disk }) };
  switch (what) {
    case 'a journal':
      return openJournal({ directory: place, ...given });
    case 'a catalog of files':
      return openCatalog(FsCatalog.open({ root: place, ...given }));
    case 'a catalog with journal':
      return openCatalog(JournalCatalog.open({ root: place, ...given }));
  }
}

async function openJournal(options: Parameters<typeof Journal.open>[0]): Promise<Opened> {
  const journal = Journal.open(options);
  return {
    write: async (id) => void journal.append({ entity: id, scope: 'test' }, note, {}),
    read: async () => [...journal.read()].filter(({ kind }) => kind === note).map(({ coordinate }) => coordinate.entity),
    platform: async () => journal.diagnostics().platform_evidence,
    durable: undefined,
    snapshotIsDurable: () => Promise.reject(new Error('a journal has no such snapshot')),
    close: async () => journal.close(),
  };
}

async function openCatalog(opening: Promise<FsCatalog | JournalCatalog>): Promise<Opened> {
  const catalog = await opening;
  return {
    write: async (id) => void (await catalog.models.put(modelEntry(id))),
    read: async () => (await catalog.models.list()).map(({ record }) => record.id),
    platform: async () => {
      const { facts: _, ...summary } = (await catalog.doctor({ tryDisk: false })).platform;
      return summary;
    },
    get durable() {
      return catalog.claims.durable;
    },
    snapshotIsDurable: async () => (await catalog.snapshot()).durable,
    close: () => catalog.close(),
  };
}
