import { formatModelRef, parseModelRef } from 'catalog-core';
import type { Command } from 'commander';
import { type SharedOptions, shared, withCatalog } from './opened.js';
import { duration, printable, size } from './output.js';
import type { Run } from './run.js';

interface PartialsOptions extends SharedOptions {
  readonly remove?: string;
}

export function addPartials(program: Command, run: Run): void {
  const partials = program
    .command('partials')
    .summary('what was begun and is not there yet')
    .description('Shows downloads that have not come to their end, with what there is of them; "pull" goes on with them.')
    .option('--remove <ref>', 'remove what there is of this one');
  for (const option of shared()) partials.addOption(option);
  partials.action(async (options: PartialsOptions) => {
    run.exitCode = await withCatalog(options, async (catalog, fetcher) => {
      const { remove, json = false, quiet = false } = options;
      if (remove === undefined) return tell(await fetcher.partials(), { json, quiet });
      const ref = formatModelRef(parseModelRef(remove, { cwd: process.cwd() }));
      const removed = await catalog.singleFlight(`model ${ref}`, () => fetcher.discard(ref));
      if (json) process.stdout.write(`${JSON.stringify({ schema: 1, ref, removed })}\n`);
      else if (!quiet) process.stderr.write(`${removed ? 'removed' : 'there was nothing of it'}\n`);
      return removed ? 0 : 3;
    });
  });
}

type Partials = Awaited<ReturnType<import('../http-fetcher.js').HttpFetcher['partials']>>;

function tell(partials: Partials, { json, quiet }: { readonly json: boolean; readonly quiet: boolean }): number {
  if (json) process.stdout.write(`${JSON.stringify({ schema: 1, partials })}\n`);
  else for (const one of partials) process.stdout.write(`${quiet ? printable(one.ref) : lineOf(one)}\n`);
  return 0;
}

function lineOf({ ref, bytes, total_bytes, age_ms }: Partials[number]): string {
  const of = total_bytes === undefined ? '' : ` of ${size(total_bytes)}`;
  return `${printable(ref)}  ${size(bytes)}${of}  ${duration(age_ms)} ago`;
}
