import { Option } from 'commander';
import { refusal } from '../core/errors.js';
import { type MigrateReport, migrateCatalog } from '../migrate.js';
import { FsCatalog } from '../stores/fs/fs-catalog.js';
import { JournalCatalog } from '../stores/journal/journal-catalog.js';
import { CliRefusal } from './hints.js';
import { examples, type SharedOptions } from './options.js';
import { printable } from './render.js';
import type { Verb } from './run.js';

interface MigrateFlags {
  readonly to: 'fs' | 'journal' | 'postgres' | 'etcd';
}

const what = `
In place: every record is copied and read back, what the old store holds stays as it is, and a crash leaves the one or the
other, whole. Blobs and links stay where they are. Programs that have the catalog open are refused from then on, and open
it again. What the new store had left from an earlier time goes into set-aside/.`;

export const migrate: Verb<MigrateFlags> = {
  // What is moved is looked at first; the move itself takes the locks that it needs.
  onlyReads: true,
  check({ readOnly, to }: SharedOptions & MigrateFlags) {
    if (readOnly) throw refusal('ReadOnly', 'a move writes, and --read-only forbids it');
    if (to === 'postgres' || to === 'etcd')
      throw new CliRefusal('Unsupported', `a move to ${to} is not built yet`, 'use --to journal or --to fs');
  },
  declare(command) {
    command
      .addOption(
        new Option('--to <store>', 'journal, which keeps a history, or fs, which are files; postgres and etcd are not built yet')
          .choices(['journal', 'fs', 'postgres', 'etcd'])
          .makeOptionMandatory(),
      )
      .addHelpText('after', what)
      .addHelpText('after', examples('catalog migrate --to journal', 'catalog migrate --to fs --json'));
  },
  async run({ catalog, options }, _, { to }) {
    const { store } = catalog;
    const root = store instanceof FsCatalog || store instanceof JournalCatalog ? store.root : options.root;
    const { lockTimeout: lockTimeoutMs, allowUnsafeRoot, platformProfile: platformProfilePath } = options;
    const report = await migrateCatalog({ root, to: to as 'fs' | 'journal', lockTimeoutMs, allowUnsafeRoot, platformProfilePath });
    return { document: { report }, ids: [], lines: () => reportLines(report) };
  },
};

function reportLines({ from, to, models, engines, set_aside }: MigrateReport): string[] {
  const counts = `${models} ${models === 1 ? 'model' : 'models'}, ${engines} ${engines === 1 ? 'engine' : 'engines'}`;
  if (from === to) return [`it is in the ${to} store already: ${counts}; nothing was changed`];
  return [
    `moved from ${from} to ${to}: ${counts}, read back and the same`,
    ...(set_aside === undefined ? [] : [`kept  ${set_aside}  what the ${to} store had left from an earlier time`]),
  ].map(printable);
}
