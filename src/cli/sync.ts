import type { Catalog } from '../catalog.js';
import { CatalogError, refusal } from '../core/errors.js';
import type { FollowedCounts } from '../core/following.js';
import type { SyncOptions } from '../fleet-session.js';
import type { SyncReport } from '../sync-fleet.js';
import { examples, type SharedOptions } from './options.js';
import type { Result } from './output.js';
import { jsonLine, printable } from './render.js';
import type { Verb } from './run.js';
import { readerOfOutput, told } from './streaming.js';

interface SyncFlags {
  readonly from?: string;
  readonly node?: string;
  /** False for `--no-announce`. */
  readonly announce?: boolean;
  readonly restart?: boolean;
  readonly takeOver?: boolean;
  readonly follow?: boolean;
}

const about = `
The password of a URL is not kept: give it again, or as the server's own tools take it (PGPASSWORD, ~/.pgpass).`;

/** It heeds the signal where the fleet answers; a fleet that does not is not waited for: a sync may be ended at any step. */
export const sync: Verb<SyncFlags> = {
  check({ readOnly }: SharedOptions) {
    if (readOnly) throw refusal('ReadOnly', 'what a node knows of its fleet is written down, and --read-only forbids it');
  },
  declare(command) {
    command
      .option('--from <url>', 'the fleet: postgres://… or etcd://…; by default the one that was followed before')
      .option('--node <name>', 'the name of this node in the fleet; by default the one it had, at first that of the machine')
      .option('--no-announce', 'do not tell the fleet what this node holds')
      .option('--restart', 'take another fleet, or another history of it, in place of the one that was followed')
      .option('--take-over', 'announce under the name of a machine that is no more')
      .option('--follow', 'go on until it is interrupted')
      .addHelpText('after', about)
      .addHelpText(
        'after',
        examples('catalog sync --from postgres://catalog@db.example/models --node gpu-17', 'catalog sync', 'catalog sync --follow --json'),
      );
  },
  async run({ catalog, options, signal }, _, { from, node, announce, restart, takeOver, follow }) {
    const asked: SyncOptions = { from, node, announce, restart, takeOver, lockTimeoutMs: options.lockTimeout };
    if (follow) return followed(catalog, { ...asked, signal }, options);
    const report = await catalog.sync({ ...asked, signal });
    return { document: { report }, ids: [report.node], lines: () => reportLines(report) };
  },
};

async function followed(catalog: Catalog, asked: SyncOptions & { signal: AbortSignal }, options: SharedOptions): Promise<Result> {
  const reader = readerOfOutput();
  const signal = AbortSignal.any([asked.signal, reader]);
  for await (const report of catalog.follow({ ...asked, signal })) await told(roundText(report, options), reader);
  if (asked.signal.aborted) throw new CatalogError('Aborted', 'following the fleet was interrupted');
  return { document: {}, ids: [], lines: () => [], isTold: true };
}

function roundText(report: SyncReport, { json, quiet }: SharedOptions): string {
  if (json) return jsonLine({ schema: 1, type: 'sync', report });
  return quiet ? printable(report.node) : reportLines(report).join('\n');
}

function reportLines({ from, node, revisions, models, engines, holdings, anew, announced }: SyncReport): string[] {
  const newest = Math.max(...Object.values(revisions));
  return [
    `${node} follows ${from}, revision ${newest}`,
    `  models    ${countsText(models)}`,
    `  engines   ${countsText(engines)}`,
    `  holdings  ${countsText(holdings)}`,
    ...(announced ? [`  announced  ${announced.put} told, ${announced.deleted} taken back`] : []),
    ...(anew.length > 0 ? [`  taken anew  ${anew.join(', ')}`] : []),
  ].map(printable);
}

function countsText({ added, changed, removed }: FollowedCounts): string {
  return `${added} added, ${changed} changed, ${removed} removed`;
}
