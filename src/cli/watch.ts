import { Option } from 'commander';
import type { Change } from '../core/changes.js';
import { CatalogError, refusal } from '../core/errors.js';
import type { EngineEntry, ModelEntry } from '../core/records.js';
import type { FollowedChange } from '../stores/journal/follower.js';
import type { JournalCatalog } from '../stores/journal/journal-catalog.js';
import { CliRefusal } from './hints.js';
import { journalOf } from './history.js';
import { examples, type SharedOptions } from './options.js';
import type { Result } from './output.js';
import { jsonLine, printable } from './render.js';
import type { Verb } from './run.js';
import { handedOver, readerOfOutput, told } from './streaming.js';

interface WatchFlags {
  readonly after?: string;
  readonly engines?: boolean;
  readonly cursor?: string;
}

const aboutCursors = `
With --cursor the first watch tells all there is. What was written to standard output is noted before the next change is told;
after a restart it goes on there, and may tell the last one again.`;

type AnyChange = Change<ModelEntry | EngineEntry>;

export const watch: Verb<WatchFlags> = {
  heedsSignal: true,
  onlyReads: true,
  check({ after, cursor, readOnly }: SharedOptions & WatchFlags) {
    revisionOf(after);
    if (cursor !== undefined && readOnly)
      throw refusal('ReadOnly', 'how far a cursor has come is written down, and --read-only forbids it');
  },
  declare(command) {
    command
      .option('--after <revision>', 'changes after this revision; 0 for all there is, and then changes')
      .option('--engines', 'of engines, not of models')
      .addOption(
        new Option('--cursor <name>', 'all changes that nobody was told of under this name, across restarts (journal)').conflicts('after'),
      )
      .addHelpText('after', aboutCursors)
      .addHelpText(
        'after',
        examples('catalog watch', 'catalog watch --after 0 --json', 'catalog watch --engines', 'catalog watch --cursor backup --json'),
      );
  },
  async run({ catalog, options, signal }, _, { after, engines, cursor }) {
    const from = revisionOf(after);
    const reader = readerOfOutput();
    if (cursor !== undefined) {
      await followed(journalOf(catalog), { cursor, engines, options, signal: AbortSignal.any([signal, reader]) });
      return ended(signal);
    }
    const watching = { signal: AbortSignal.any([signal, reader]), ...(from !== undefined && { after: from }) };
    const changes: AsyncIterable<AnyChange> = engines ? catalog.engines.watch(watching) : catalog.watch(watching);
    for await (const change of changes) await told(changeLine(change, options), reader);
    return ended(signal);
  },
};

interface Following {
  readonly cursor: string;
  readonly engines: boolean | undefined;
  readonly options: SharedOptions;
  readonly signal: AbortSignal;
}

/** CAT-HIS-3605: what was handed over to whoever reads is noted before the next is told; what was not is told again. */
async function followed(store: JournalCatalog, { cursor, engines, options, signal }: Following): Promise<void> {
  const changes: AsyncIterable<FollowedChange<ModelEntry | EngineEntry>> = engines
    ? store.followEngines(cursor, { signal })
    : store.follow(cursor, { signal });
  for await (const change of changes) {
    if (!(await handedOver(changeLine(change, options)))) return;
    await change.commit();
  }
}

function ended(signal: AbortSignal): Result {
  if (signal.aborted) throw new CatalogError('Aborted', 'the watch was interrupted');
  return { document: {}, ids: [], lines: () => [], isTold: true };
}

function changeLine({ revision, id, record, last }: AnyChange, { json, quiet }: SharedOptions): string {
  // JSON knows no undefined: a record that is gone is null.
  if (json) return jsonLine({ schema: 1, type: 'change', revision, id, record: record ?? null, last });
  if (quiet) return printable(id);
  return printable(`${revision}  ${id}  ${record === undefined ? 'removed' : stateOf(record)}`);
}

function stateOf(record: ModelEntry | EngineEntry): string {
  return 'state' in record ? record.state : `${record.engine} ${record.version}`;
}

function revisionOf(after: string | undefined): number | undefined {
  if (after === undefined) return undefined;
  const revision = Number(after);
  if (/^\d+$/.test(after) && Number.isSafeInteger(revision)) return revision;
  throw new CliRefusal(
    'InvalidArgument',
    `--after is a revision, not ${JSON.stringify(after)}`,
    'give it as --after 42, or --after 0 for all there is',
  );
}
