import { resolve } from 'node:path';
import { Option } from 'commander';
import { CatalogError } from '../core/errors.js';
import { asCatalogError } from '../disk/failure.js';
import { makeFolder } from '../disk/folders.js';
import { run } from '../disk/program.js';
import { defaultDisk } from '../disk/real-disk.js';
import { inParallel } from '../in-parallel.js';
import { CliRefusal } from './hints.js';
import { collect, examples } from './options.js';
import type { Result } from './output.js';
import { printable } from './render.js';
import { persistReport } from './report-file.js';
import type { PlainVerb } from './run.js';

interface ConformanceFlags {
  readonly level?: readonly string[];
  readonly only?: readonly string[];
  readonly out: string;
}

const storesAtOnce = 3;
const levels = ['core', 'crash', 'concurrency', 'history'];

const what = `
--store is memory, fs, journal, several of them with commas, or the file of a module that exports a store by default. Each case
cites the requirements that it shows. Into --out go conformance.json, .html, .junit.xml and a badge for each store.
The exit code is 0 where every claim was shown, 1 where one was broken, 2 where the store cannot be loaded, 9 where nothing ran.`;

/** CAT-CNF-5201. */
export const conformance: PlainVerb<ConformanceFlags> = {
  heedsSignal: true,
  declare(command) {
    command
      .addOption(new Option('--level <level>', `only this level; may be repeated: ${levels.join(', ')}`).argParser(collect))
      .addOption(new Option('--only <id>', 'only this case; may be repeated').argParser(collect))
      .option('--out <dir>', 'where the reports go', 'reports')
      .addHelpText('after', what)
      .addHelpText('after', examples('catalog conformance --store ./my-store.mjs', 'catalog conformance --store fs --level crash --json'));
  },
  async answer({ options, signal }, _, { level, only, out }) {
    const given = checked(options.store, level);
    const kit = await import('../conformance/index.js');
    const modules = await Promise.all(given.map((name) => kit.loadModule(name)));
    // Most of the time goes by in waiting for disks and processes: one store waits while another works.
    const verdicts = await inParallel(modules, storesAtOnce, (module) => {
      const onResult = (one: { id: string; status: string; message?: string }) => {
        if (!options.quiet && !options.json) process.stderr.write(`${printable(`${module.name}  ${one.status}  ${one.id}`)}\n`);
      };
      return kit.runConformance(module, { levels: level as never, only, signal, onResult });
    });
    if (signal.aborted) throw new CatalogError('Aborted', 'the command was interrupted', {}, signal.reason);
    const report = kit.reportOf(verdicts);
    await write(out, kit.outputsOf(report));
    return {
      document: { report },
      ids: verdicts.flatMap(({ cases }) => cases.filter(isBroken).map(({ id }) => id)),
      lines: () => verdicts.flatMap(linesOf).map(printable),
      exitCode: kit.exitCodeOf(report),
    } satisfies Result;
  },
};

/** The stores that are named. */
function checked(store: string | undefined, level: readonly string[] | undefined): readonly string[] {
  if (store === undefined) throw new CliRefusal('InvalidArgument', 'no store was named', 'say --store memory, or --store ./my-store.mjs');
  const unknown = level?.find((name) => !levels.includes(name));
  if (unknown !== undefined)
    throw new CliRefusal('InvalidArgument', `${JSON.stringify(unknown)} is not a level`, `levels are ${levels.join(', ')}`);
  return store.split(',') ?? [];
}

interface Verdict {
  readonly store: string;
  readonly totals: Readonly<Record<string, number>>;
  readonly cases: readonly {
    readonly id: string;
    readonly status: string;
    readonly message?: string;
    readonly requirements: readonly string[];
  }[];
}

function linesOf({ store, totals, cases }: Verdict): string[] {
  const counts = Object.entries(totals).flatMap(([status, count]) => (count === 0 ? [] : [`${count} ${status}`]));
  return [
    ...cases
      .filter(isBroken)
      .map(({ id, status, message, requirements }) => `${status}  ${id}  ${requirements.join(' ')}  ${message ?? ''}`),
    `${store}: ${counts.join(', ')}`,
  ];
}

function isBroken({ status }: { readonly status: string }): boolean {
  return status === 'fail' || status === 'error';
}

async function write(given: string, files: readonly { readonly name: string; readonly text: string }[]): Promise<void> {
  const folder = resolve(given);
  try {
    await run(makeFolder(folder), defaultDisk);
    for (const { name, text } of files) await persistReport(`${folder}/${name}`, text);
  } catch (error) {
    throw asCatalogError(error, `could not write the reports into ${folder}`);
  }
}
