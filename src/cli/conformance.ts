import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { CatalogError } from '../core/errors.js';
import { asCatalogError } from '../disk/failure.js';
import { makeFolder } from '../disk/folders.js';
import { run } from '../disk/program.js';
import { defaultDisk } from '../disk/real-disk.js';
import { inParallel } from '../in-parallel.js';
import { CliRefusal } from './hints.js';
import { collect, examples, type SharedOptions } from './options.js';
import type { Result } from './output.js';
import { printable } from './render.js';
import { persistReport } from './report-file.js';
import type { PlainVerb } from './run.js';

interface ConformanceFlags {
  readonly level?: readonly string[];
  readonly only?: readonly string[];
  readonly patience?: number;
  readonly out: string;
}

const loadKit = () => import('../conformance/index.js');
type Kit = Awaited<ReturnType<typeof loadKit>>;
type ConformanceModule = Awaited<ReturnType<Kit['loadModule']>>;
type ConformanceReport = ReturnType<Kit['reportOf']>;
type StoreVerdict = ConformanceReport['stores'][number];

const storesAtOnce = 3;
const levels = ['core', 'crash', 'concurrency', 'history'];

const what = `
--store is memory, fs, journal, several of them with commas, or the file of a module that exports a store by default. Each case
cites the requirements that it shows. Into --out go conformance.json, .html, .junit.xml and a badge for each store.
The exit code is 0 where no claim was broken, 1 where one was, 2 where a store cannot be loaded, 9 where nothing ran. What there was no
means to show stands as not-applicable: it breaks no claim, and the badge does not boast of it.`;

/** CAT-CNF-5201. */
export const conformance: PlainVerb<ConformanceFlags> = {
  heedsSignal: true,
  declare(command) {
    command
      .addOption(new Option('--level <level>', 'only this level; may be repeated').choices(levels).argParser(collect))
      .addOption(new Option('--only <case>', 'only this case, or several with commas; may be repeated').argParser(collect))
      .addOption(new Option('--patience <seconds>', 'how long a case waits for what a store owes (default: 5)').argParser(secondsGiven))
      .option('--out <dir>', 'where the reports go', 'reports')
      .addHelpText('after', what)
      .addHelpText('after', examples('catalog conformance --store ./my-store.mjs', 'catalog conformance --store fs --level crash --json'));
  },
  async answer({ options, signal }, _, flags) {
    const kit = await loadKit();
    const names = storesNamed(options.store, kit);
    checkLevels(flags.level);
    const only = casesNamed(flags.only, kit);
    const end = new kit.UntimelyEnd(2, `the process was ended, by a store it seems, while ${names.join(', ')} was loaded`);
    signal.addEventListener('abort', () => end.done(130), { once: true });
    try {
      const result = await judged(kit, names, { ...flags, only, options, signal, end });
      end.done(result.exitCode);
      return result;
    } catch (error) {
      end.done(1);
      throw error;
    }
  },
};

interface Asked extends Omit<ConformanceFlags, 'only'> {
  readonly only: readonly string[] | undefined;
  readonly options: SharedOptions;
  readonly signal: AbortSignal;
  readonly end: InstanceType<Kit['UntimelyEnd']>;
}

/** What no case heard of breaks the run too. */
async function judged(kit: Kit, names: readonly string[], asked: Asked): Promise<Result> {
  const unheard: unknown[] = [];
  return kit.listening(
    (error) => unheard.push(error),
    async () => {
      const { signal, end, out } = asked;
      const patienceMs = asked.patience === undefined ? undefined : asked.patience * 1000;
      const modules = await Promise.all(names.map((name) => kit.loadModule(name, patienceMs)));
      checkNames(modules, kit);
      // What cannot be written is refused before anything is put to the test.
      await write(
        out,
        kit.outputsOf(kit.reportOf([])).filter(({ name }) => name === 'conformance.schema.json'),
      );
      end.expect(1, `the process was ended, by a store it seems, before ${modules.map(({ name }) => name).join(', ')} was judged`);
      const verdicts = await verdictsOn(kit, modules, { ...asked, patienceMs });
      const report = kit.reportOf(verdicts);
      await write(out, kit.outputsOf(report));
      if (signal.aborted) throw interruption(report, asked);
      return resultOf(report, unheard.length > 0 ? 1 : kit.exitCodeOf(report), unheard.map(String));
    },
  );
}

function verdictsOn(
  kit: Kit,
  modules: readonly ConformanceModule[],
  { options, signal, level, only, patienceMs }: Asked & { readonly patienceMs: number | undefined },
): Promise<StoreVerdict[]> {
  // Most of the time goes by in waiting for disks and processes: one store waits while another works.
  return inParallel(modules, storesAtOnce, (module) => {
    const onResult = ({ id, status }: { readonly id: string; readonly status: string }) => {
      if (options.quiet || options.json || status === 'disabled') return;
      process.stderr.write(`${printable(`${module.name}  ${status}  ${id}`)}\n`);
    };
    return kit.runConformance(module, { levels: level as never, only, patienceMs, signal, onResult });
  });
}

function resultOf(report: ConformanceReport, exitCode: number, unheard: readonly string[]): Result {
  const { stores } = report;
  return {
    document: { report },
    ids: stores.flatMap(({ cases }) => cases.filter(isBroken).map(({ id }) => id)),
    lines: () => stores.flatMap(linesOf).map(printable),
    exitCode,
    ...(unheard.length > 0 && { note: `thrown by a store when its cases were over: ${unheard.join(', ')}` }),
  };
}

function interruption({ stores }: ConformanceReport, { out, signal }: Asked): CatalogError {
  const known = stores.flatMap(({ cases }) => cases.filter(isBroken)).length;
  const told = `the command was interrupted; ${known} ${known === 1 ? 'failure is' : 'failures are'} known, and the report of what ran is in ${out}`;
  return new CatalogError('Aborted', told, { failures: known }, signal.reason);
}

/** The stores that are named. */
function storesNamed(store: string | undefined, { builtIn }: Kit): readonly string[] {
  const hint = `say --store ${builtIn[0]} (built in are ${builtIn.join(', ')}), or --store ./my-store.mjs`;
  if (store === undefined) throw new CliRefusal('InvalidArgument', 'no store was named', hint);
  const names = store.split(',');
  if (names.includes('')) throw new CliRefusal('InvalidArgument', `a name is missing in --store ${JSON.stringify(store)}`, hint);
  return names;
}

function checkLevels(level: readonly string[] | undefined): void {
  const unknown = level?.find((name) => !levels.includes(name));
  if (unknown === undefined) return;
  throw new CliRefusal('InvalidArgument', `${JSON.stringify(unknown)} is not a level`, `levels are ${levels.join(', ')}`);
}

/** One that there is not runs nothing; among several it is refused, or nobody would miss it. */
function casesNamed(only: readonly string[] | undefined, { cases }: Kit): readonly string[] | undefined {
  const ids = only?.flatMap((given) => given.split(','));
  const unknown = ids?.find((id) => !cases.some((one) => one.id === id || one.id.startsWith(`${id}.`)));
  if (unknown === undefined || (ids?.length === 1 && unknown !== '')) return ids;
  throw new CliRefusal(
    'InvalidArgument',
    `${JSON.stringify(unknown)} is not a case`,
    'docs/conformance.md tells where the cases are listed',
  );
}

/** Each store has a row of its own in the reports, and a badge of its own. */
function checkNames(modules: readonly ConformanceModule[], { badgeFileOf }: Kit): void {
  for (const [place, { name }] of modules.entries()) {
    const other = modules.slice(0, place).find((one) => badgeFileOf(one.name).toLowerCase() === badgeFileOf(name).toLowerCase());
    if (other === undefined) continue;
    const told =
      other.name === name
        ? `two of the stores are called ${name}`
        : `the stores ${other.name} and ${name} would have one badge, ${badgeFileOf(name)}`;
    throw new CliRefusal('InvalidArgument', told, 'name each store once, and give its module a name of its own');
  }
}

function linesOf({ store, totals, cases }: StoreVerdict): string[] {
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

function secondsGiven(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value <= 0 || value > 86_400)
    throw new InvalidArgumentError('It is a number of seconds, such as 5 or 0.5.');
  return value;
}
