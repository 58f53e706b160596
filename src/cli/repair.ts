import type { CollectionRepair, RepairReport } from '../stores/fs/repair.js';
import { askConsent, checkConsent } from './consent.js';
import { examples, type SharedOptions } from './options.js';
import { printable, type Screen, table } from './render.js';
import type { Verb } from './run.js';

interface RepairFlags {
  readonly from?: string;
  readonly breakLock?: boolean;
}

export const repair: Verb<RepairFlags> = {
  check(options: SharedOptions & RepairFlags) {
    if (takesAway(options)) checkConsent(options);
  },
  declare(command) {
    command
      .option('--from <file>', 'publish a copy of an index that was kept elsewhere, in place of what is there')
      .option('--break-lock', 'take the lock from a dead process of another machine')
      .addHelpText(
        'after',
        examples('catalog repair', 'catalog repair --from /backup/catalog.json --yes', 'catalog repair --break-lock --yes'),
      );
  },
  async run({ catalog, options, signal }, _, flags) {
    const { from, breakLock } = flags;
    if (takesAway(flags)) await askConsent(questionFor(flags), options, signal);
    const report = await catalog.repair({ from, breakLock });
    return { document: { report }, ids: report.missing, lines: (screen) => repairLines(report, screen) };
  },
};

/** A repair deletes nothing; but what others wrote or hold is set aside only by one who means it. */
function takesAway({ from, breakLock }: RepairFlags): boolean {
  return from !== undefined || breakLock === true;
}

function questionFor({ from, breakLock }: RepairFlags): string {
  const doing = [...(breakLock ? ['take the lock from its holder'] : []), ...(from === undefined ? [] : [`publish ${printable(from)}`])];
  const [first = '', ...rest] = doing;
  return `${[first.charAt(0).toUpperCase() + first.slice(1), ...rest].join(' and ')}?`;
}

function repairLines({ changed, collections, missing }: RepairReport, screen: Screen): string[] {
  if (!changed && missing.length === 0) return ['nothing to repair'];
  return [
    ...table(['INDEX', '>FOUND', '>RESTORED', '>PUBLISHED', '>QUARANTINED'], collections.map(repairRow), screen),
    ...collections.flatMap(({ quarantined }) => quarantined.map((path) => printable(`kept     ${path}`))),
    ...missing.map((id) => printable(`missing  ${id}: its bytes are gone`)),
  ];
}

function repairRow({ collection, found_revision, restored_revision, published_revision, quarantined }: CollectionRepair): string[] {
  return [collection, ...[found_revision, restored_revision, published_revision, quarantined.length].map(String)];
}
