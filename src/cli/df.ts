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
    return { document: { report }, ids: Object.keys(report.by_tool), lines: (screen) => usageLines(report, screen) };
  },
};

/** For people: a row for each tool, then what is stored, saved and could be freed. */
function usageLines(report: UsageReport, screen: Screen): string[] {
  const { stored_bytes, shared_bytes, referenced_bytes, reclaimable_bytes, duplicate_bytes, quarantined_bytes, by_tool } = report;
  const rows = Object.entries(by_tool).map(([tool, { entries, bytes }]) => [tool, String(entries), sizeText(bytes)]);
  return [
    ...table(['TOOL', '>MODELS', '>SIZE'], rows, screen),
    ...(rows.length > 0 ? [''] : []),
    ...keyValues(
      [
        ['stored', sizeText(stored_bytes)],
        ['shared', `${sizeText(shared_bytes)} saved, because models share files`],
        ['elsewhere', `${sizeText(referenced_bytes)} referenced or adopted where they lie`],
        ['reclaimable', `${sizeText(reclaimable_bytes)} that nothing needs: \`catalog gc\``],
        ['duplicates', `${sizeText(duplicate_bytes)} stored more than once on this machine`],
        ['quarantine', quarantined_bytes === undefined ? undefined : `${sizeText(quarantined_bytes)} damaged: \`catalog gc --quarantine\``],
      ],
      screen,
    ),
  ];
}
