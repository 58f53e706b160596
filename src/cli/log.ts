import { Option } from 'commander';
import { shownId } from '../catalog-context.js';
import { CatalogError } from '../core/errors.js';
import { causalGraph } from '../journal/causal-graph.js';
import type { HistoryEntry, HistoryOptions, KeepsHistory } from '../stores/history.js';
import { CliRefusal } from './hints.js';
import { countIn, historyOf } from './history.js';
import { examples, type SharedOptions } from './options.js';
import { jsonLine, printable } from './render.js';
import type { Verb } from './run.js';
import { sentenceOf, storyOf } from './story.js';
import { readerOfOutput, told } from './streaming.js';

interface LogFlags {
  readonly after?: string;
  readonly limit?: string;
  readonly graph?: boolean;
}

const order = `
The oldest comes first, so that it reads like a story, and with --limit too: that leaves out all but the newest.
--json gives a line for each change.`;

/** So many revisions are remembered by their events, to be named as causes. */
const rememberedCauses = 1000;

export const log: Verb<LogFlags> = {
  heedsSignal: true,
  onlyReads: true,
  check: (flags: LogFlags) => void windowOf(flags),
  declare(command) {
    command
      .argument('[model|engine]', 'of this one alone')
      .option('--after <revision>', 'what came after this revision')
      .option('--limit <n>', 'the newest n changes')
      .addOption(new Option('--graph', 'draw what caused what, a line each').conflicts('json'))
      .addHelpText('after', order)
      .addHelpText(
        'after',
        examples('catalog log', 'catalog log tinyllama --limit 10', 'catalog log --graph', 'catalog log --after 42 --json'),
      );
  },
  async run({ catalog, options, signal }, [id], flags) {
    const window = { ...windowOf(flags), ...(id !== undefined && { id }) };
    const entries = untilAborted(historyOf(catalog).history(window), signal);
    const count = flags.graph ? await tellGraph(entries) : await tellEach(entries, options);
    if (id !== undefined && count === 0 && flags.after === undefined && flags.limit !== '0') throw unheardOf(id);
    return { document: {}, ids: [], lines: () => [], isTold: true };
  },
};

async function tellEach(entries: Entries, options: SharedOptions): Promise<number> {
  const reader = readerOfOutput();
  const causes = new Map<string, number>();
  let count = 0;
  for await (const entry of entries) {
    if (reader.aborted) break;
    await told(linesOf(entry, causes, options), reader);
    remember(causes, entry);
    count++;
  }
  return count;
}

/** What caused what cannot be drawn before all of it is known. */
async function tellGraph(entries: Entries): Promise<number> {
  const all: HistoryEntry[] = [];
  for await (const entry of entries) all.push(entry);
  const reader = readerOfOutput();
  const drawn = all.map((entry) => ({ ...entry, causation_id: entry.because_of }));
  for (const line of causalGraph(drawn, { label: sentenceOf, order: 'oldest first' })) await told(line, reader);
  return all.length;
}

type Entries = AsyncGenerator<HistoryEntry>;

async function* untilAborted(entries: ReturnType<KeepsHistory['history']>, signal: AbortSignal): Entries {
  for await (const entry of entries) {
    if (signal.aborted) throw new CatalogError('Aborted', 'the log was interrupted');
    yield entry;
  }
}

function linesOf(entry: HistoryEntry, causes: ReadonlyMap<string, number>, { json, quiet }: SharedOptions): string {
  if (json) return jsonLine({ schema: 1, type: 'change', ...entry });
  if (quiet) return printable(entry.id);
  return [...(causes.size > 0 ? [''] : []), ...storyOf(entry, (event) => causes.get(event))].join('\n');
}

function remember(causes: Map<string, number>, { event_id, revision }: HistoryEntry): void {
  causes.set(event_id, revision);
  const [oldest] = causes.keys();
  if (oldest !== undefined && causes.size > rememberedCauses) causes.delete(oldest);
}

function windowOf({ after, limit }: LogFlags): HistoryOptions {
  return { after: countIn('--after', after), newest: countIn('--limit', limit) };
}

function unheardOf(id: string): CatalogError {
  const hint = 'check the spelling; `catalog log -q` lists the ids of all that ever changed';
  return new CliRefusal('NotFound', `nothing was ever told of ${JSON.stringify(shownId(id))}`, hint, { id: shownId(id) });
}
