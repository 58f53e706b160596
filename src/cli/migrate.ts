import { refusal } from '../core/errors.js';
import { checkDestination, type MigrateReport, migrateCatalog } from '../migrate.js';
import { FsCatalog } from '../stores/fs/fs-catalog.js';
import { JournalCatalog } from '../stores/journal/journal-catalog.js';
import { CliRefusal } from './hints.js';
import { examples, isOnServer, type SharedOptions } from './options.js';
import { printable } from './render.js';
import type { Verb } from './run.js';

interface MigrateFlags {
  readonly to: string;
}

const what = `
To journal and fs, in place: every record is copied and read back, what the old store holds stays as it is, and a crash leaves the one or the
other, whole. Blobs and links stay where they are. Programs that have the catalog open are refused from then on, and open
it again. What the new store had left from an earlier time goes into set-aside/.

To a server it is a copy, and nothing changes here: this catalog stays in force, and keeps its blobs. What the server has already, and the
same, is not put again, so that a copy that was cut off goes on when it is run again; another record under one of the ids is refused before
anything is written. The history of a journal is not copied. Delete nothing of this catalog because its records are on the server: bytes
are not.`;

export const migrate: Verb<MigrateFlags> = {
  // What is moved is looked at first; the move itself takes the locks that it needs.
  onlyReads: true,
  check({ readOnly, store, to }: SharedOptions & MigrateFlags) {
    checkDestination(to);
    if (readOnly) throw refusal('ReadOnly', 'a move writes, and --read-only forbids it');
    if (isOnServer(store))
      throw new CliRefusal(
        'Unsupported',
        'what is moved or copied is the catalog of a machine, not that of a fleet',
        'leave --store away; a machine has a copy of its fleet with `catalog sync --from URL`',
      );
  },
  declare(command) {
    command
      .requiredOption('--to <store>', 'journal, which keeps a history; fs, which are files; or a server: postgres://… or etcd://…')
      .addHelpText('after', what)
      .addHelpText(
        'after',
        examples(
          'catalog migrate --to journal',
          'catalog migrate --to fs --json',
          'catalog migrate --to postgres://catalog@db.example/models',
        ),
      );
  },
  async run({ catalog, options }, _, { to }) {
    const { store } = catalog;
    const root = store instanceof FsCatalog || store instanceof JournalCatalog ? store.root : options.root;
    const { lockTimeout: lockTimeoutMs, allowUnsafeRoot, platformProfile: platformProfilePath } = options;
    const report = await migrateCatalog({ root, to, lockTimeoutMs, allowUnsafeRoot, platformProfilePath });
    return { document: { report }, ids: [], lines: () => reportLines(report) };
  },
};

function reportLines({ from, to, models, engines, set_aside, copied, known = 0 }: MigrateReport): string[] {
  const counts = `${models} ${models === 1 ? 'model' : 'models'}, ${engines} ${engines === 1 ? 'engine' : 'engines'}`;
  if (from === to) return [`it is in the ${to} store already: ${counts}; nothing was changed`];
  if (copied !== undefined) {
    const before = known === 0 ? [] : [`known  ${known} were there already, and the same`];
    return [`copied from ${from} to ${to}: ${counts}, read back and the same`, ...before].map(printable);
  }
  return [
    `moved from ${from} to ${to}: ${counts}, read back and the same`,
    ...(set_aside === undefined ? [] : [`kept  ${set_aside}  what the ${to} store had left from an earlier time`]),
  ].map(printable);
}
