import type { GcOptions, GcReport } from '../gc-report.js';
import { askConsent, checkConsent } from './consent.js';
import { CliRefusal } from './hints.js';
import { examples } from './options.js';
import type { Result } from './output.js';
import { bytesIn, durationIn } from './quantities.js';
import { printable, sizeText } from './render.js';
import type { Verb } from './run.js';

interface GcFlags {
  readonly dryRun?: boolean;
  readonly grace?: number;
  readonly maxTime?: number;
  readonly maxBytes?: number;
  readonly olderThan?: number;
  readonly keepActive?: boolean;
  readonly quarantine?: boolean;
  readonly resume?: string;
}

const what = `
Removes what no model, engine, pin, lease or add under way needs, if it is older than the time of grace. With --max-bytes or --older-than
models are removed too, the least recently used first: Active, pinned and leased ones stay.`;

export const gc: Verb<GcFlags> = {
  heedsSignal: true,
  check: checkConsent,
  declare(command) {
    command
      .option('--dry-run', 'tell what would go, and change nothing')
      .option('--grace <time>', 'leave what is younger (default: 1h)', durationIn)
      .option('--max-time <time>', 'stop after so long; --resume goes on', durationIn)
      .option('--max-bytes <size>', 'remove models until they take not more than this', bytesIn)
      .option('--older-than <time>', 'remove models that were not used for so long', durationIn)
      .option('--no-keep-active', 'remove Active models as well')
      .option('--quarantine', 'empty the quarantine too')
      .option('--resume <token>', 'go on where a collection stopped')
      .addHelpText('after', what)
      .addHelpText('after', examples('catalog gc --dry-run', 'catalog gc --yes', 'catalog gc --max-bytes 200GB --older-than 30d'));
  },
  async run({ catalog, options, signal }, _, flags) {
    const asked = optionsOf(flags);
    if (asked.dryRun) return gcResult(await catalog.gc({ ...asked, signal }), signal);
    if (!options.yes) {
      const { removed, bytes_reclaimed } = await catalog.gc({ ...asked, dryRun: true, signal });
      if (removed > 0) await askConsent(`Remove ${removed} (${sizeText(bytes_reclaimed)})?`, options, signal);
    }
    return gcResult(await catalog.gc({ ...asked, signal }), signal);
  },
};

function optionsOf({ dryRun, grace, maxTime, maxBytes, olderThan, keepActive, quarantine, resume }: GcFlags): GcOptions {
  return { dryRun, graceMs: grace, maxMs: maxTime, maxBytes, olderThanMs: olderThan, keepActive, quarantine, resume };
}

function gcResult(report: GcReport, signal: AbortSignal): Result {
  return {
    document: { report },
    ids: report.plan.map(({ path }) => path),
    lines: () => gcLines(report).map(printable),
    ...stopped(report, signal),
  };
}

/** It stopped because its time was over, or because somebody said so. */
function stopped({ resume, dry_run }: GcReport, signal: AbortSignal): Pick<Result, 'hint' | 'refusal'> {
  if (resume === undefined) return {};
  const hint = `go on with: catalog gc ${dry_run ? '--dry-run' : '--yes'} --resume ${resume}`;
  if (!signal.aborted) return { hint: `it stopped before the end; ${hint}` };
  return { refusal: new CliRefusal('Aborted', 'the collection was interrupted', hint, { resume }) };
}

function gcLines({ dry_run, plan, removed, kept, bytes_reclaimed, over_budget_bytes, errors }: GcReport): string[] {
  const [goes, freed] = dry_run ? ['would go', 'would be freed'] : ['removed', 'freed'];
  return [
    ...plan.map(({ path, bytes, reason }) => `${goes}  ${path}  ${sizeText(bytes)}  ${reason}`),
    ...errors.map(({ path, code, message }) => `failed  ${path}  ${code}  ${message}`),
    `${removed} ${goes}, ${kept} kept, ${sizeText(bytes_reclaimed)} ${freed}`,
    ...(over_budget_bytes === undefined
      ? []
      : [`still ${sizeText(over_budget_bytes)} over the budget: what is Active, pinned or leased stays`]),
  ];
}
