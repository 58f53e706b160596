import { once } from 'node:events';
import type { Change } from '../core/changes.js';
import { CatalogError } from '../core/errors.js';
import type { EngineEntry, ModelEntry } from '../core/records.js';
import { CliRefusal } from './hints.js';
import { examples, type SharedOptions } from './options.js';
import { jsonLine, printable } from './render.js';
import type { Verb } from './run.js';

interface WatchFlags {
  readonly after?: string;
  readonly engines?: boolean;
}

type AnyChange = Change<ModelEntry | EngineEntry>;

export const watch: Verb<WatchFlags> = {
  heedsSignal: true,
  onlyReads: true,
  check: ({ after }: WatchFlags) => void revisionOf(after),
  declare(command) {
    command
      .option('--after <revision>', 'changes after this revision; 0 for all there is, and then changes')
      .option('--engines', 'of engines, not of models')
      .addHelpText('after', examples('catalog watch', 'catalog watch --after 0 --json', 'catalog watch --engines'));
  },
  async run({ catalog, options, signal }, _, { after, engines }) {
    const from = revisionOf(after);
    const reader = readerOfOutput();
    const watching = { signal: AbortSignal.any([signal, reader]), ...(from !== undefined && { after: from }) };
    const changes: AsyncIterable<AnyChange> = engines ? catalog.engines.watch(watching) : catalog.watch(watching);
    for await (const change of changes) await told(changeLine(change, options), reader);
    if (signal.aborted) throw new CatalogError('Aborted', 'the watch was interrupted');
    return { document: {}, ids: [], lines: () => [], isTold: true };
  },
};

/** Aborted when whoever reads our output stops reading. */
function readerOfOutput(): AbortSignal {
  const controller = new AbortController();
  process.stdout.once('error', () => controller.abort()).once('close', () => controller.abort());
  return controller.signal;
}

async function told(line: string, reader: AbortSignal): Promise<void> {
  if (process.stdout.write(`${line}\n`) || reader.aborted) return;
  await once(process.stdout, 'drain', { signal: reader }).catch((error: Error) => {
    if (error.name !== 'AbortError') throw error;
  });
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
