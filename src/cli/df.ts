import { filePlaces, isManaged } from '../core/model-layout.js';
import type { ArtifactFile, ModelEntry } from '../core/records.js';
import type { UsageReport } from '../usage.js';
import { examples } from './options.js';
import { keyValues, type Screen, sizeText, table } from './render.js';
import type { Verb } from './run.js';

export const df: Verb = {
  onlyReads: true,
  declare(command) {
    command.addHelpText('after', examples('catalog df', 'catalog df --json'));
  },
  async run({ catalog }) {
    const report = await catalog.usage();
    const twice = idsOfDuplicates(await catalog.list());
    return { document: { report }, ids: Object.keys(report.by_tool), lines: (screen) => usageLines(report, twice, screen) };
  },
};

/** Models whose files lie where somebody else keeps them, and once more: here, or elsewhere. */
function idsOfDuplicates(entries: readonly ModelEntry[]): string[] {
  const places = new Map<string, Set<string>>();
  const placeOf = (entry: ModelEntry, path: string) => (isManaged(entry) ? 'here' : path);
  for (const entry of entries)
    for (const { file, path } of filePlaces(entry)) {
      places.set(file.digest, (places.get(file.digest) ?? new Set()).add(placeOf(entry, path)));
    }
  const isTwice = ({ digest }: ArtifactFile) => (places.get(digest)?.size ?? 0) > 1;
  return entries.filter((entry) => !isManaged(entry) && entry.files?.some(isTwice)).map(({ id }) => id);
}

const shownIds = 3;

function someOf(ids: readonly string[]): string {
  const rest = ids.length - shownIds;
  return [...ids.slice(0, shownIds), ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
}

/** For people: a row for each tool, then what is stored, saved and could be freed. */
function usageLines(report: UsageReport, twice: readonly string[], screen: Screen): string[] {
  const { stored_bytes, shared_bytes, referenced_bytes, reclaimable_bytes, duplicate_bytes, quarantined_bytes, by_tool } = report;
  const rows = Object.entries(by_tool).map(([tool, { entries, bytes }]) => [tool, String(entries), sizeText(bytes)]);
  const when = reclaimable_bytes > 0 ? ': `catalog gc`, once it is an hour old' : '';
  const which = duplicate_bytes > 0 && twice.length > 0 ? `: ${someOf(twice)}` : '';
  return [
    ...table(['TOOL', '>MODELS', '>SIZE'], rows, screen),
    ...(rows.length > 0 ? [''] : []),
    ...keyValues(
      [
        ['stored', sizeText(stored_bytes)],
        ['shared', `${sizeText(shared_bytes)} saved, because models share files`],
        ['elsewhere', `${sizeText(referenced_bytes)} referenced or adopted where they lie`],
        ['reclaimable', `${sizeText(reclaimable_bytes)} that nothing needs${when}`],
        ['duplicates', `${sizeText(duplicate_bytes)} stored more than once on this machine${which}`],
        ['quarantine', quarantined_bytes === undefined ? undefined : `${sizeText(quarantined_bytes)} damaged: \`catalog gc --quarantine\``],
      ],
      screen,
    ),
  ];
}
