import { dirname, resolve } from 'node:path';
import type { Catalog } from '../catalog.js';
import { asCatalogError } from '../disk/failure.js';
import { canonicalPath } from '../disk/folders.js';
import { run, stat } from '../disk/program.js';
import { defaultDisk } from '../disk/real-disk.js';
import { adviceOf, adviceText, counted, duplicateBytes } from '../report/advice.js';
import { type GrowthPoint, grownThrough } from '../report/growth.js';
import { htmlOf } from '../report/html.js';
import { type CatalogReport, reportOf } from '../report/report.js';
import { isGood } from '../report/standing.js';
import { JournalCatalog } from '../stores/journal/journal-catalog.js';
import { CliRefusal } from './hints.js';
import { examples } from './options.js';
import type { Result } from './output.js';
import { keyValues, printable, type Screen, sizeText } from './render.js';
import { persistReport } from './report-file.js';
import type { Verb } from './run.js';
import { readerOfOutput, told } from './streaming.js';

interface ReportFlags {
  /** True without a file. */
  readonly html?: string | true;
}

const defaultFile = 'catalog-report.html';

const what = `
What is stored, by whom it is shared, what could be freed, what lies more than once, how far it can be trusted, and how it came to
that. The page is one file that needs no network and no script; --json gives its data.`;

/** CAT-CLI-6205. */
export const report: Verb<ReportFlags> = {
  onlyReads: true,
  check({ html, json }) {
    if (html === '-' && json) throw new CliRefusal('InvalidArgument', 'standard output takes the page or the data', 'give --html a file');
  },
  declare(command) {
    command
      .option('--html [file]', `one page with charts (default: ./${defaultFile}; - for standard output)`)
      .addHelpText('after', what)
      .addHelpText(
        'after',
        examples('catalog report', 'catalog report --html', 'catalog report --html - > page.html', 'catalog report --json'),
      );
  },
  async run({ catalog }, _, { html }) {
    const found = await reportOn(catalog);
    if (html === '-') return tellPage(htmlOf(found), found);
    const file = html === undefined ? undefined : await written(html === true ? defaultFile : html, { catalog, page: htmlOf(found) });
    return {
      document: { report: found },
      ids: file === undefined ? found.models.map(({ id }) => id) : [file],
      lines: (screen) =>
        file === undefined
          ? linesOf(found, screen)
          : [`${printable(file)} shows ${counted(found.totals.models)} of ${sizeText(found.totals.bytes)}`],
    };
  },
};

async function reportOn(catalog: Catalog): Promise<CatalogReport> {
  const [models, engines] = [await catalog.list(), await catalog.engines.list()];
  return reportOf({
    models,
    engines: engines.map(({ record }) => record),
    usage: await catalog.usage(),
    drift: await catalog.drift(models),
    history: await historyIn(catalog),
    root: rootOf(catalog),
    now: new Date(),
  });
}

/** Only a journal remembers. */
async function historyIn({ store }: Catalog): Promise<readonly GrowthPoint[] | undefined> {
  return store instanceof JournalCatalog ? grownThrough(store.history()) : undefined;
}

function rootOf({ store }: Catalog): string | undefined {
  return 'root' in store && typeof store.root === 'string' ? store.root : undefined;
}

async function tellPage(page: string, { models }: CatalogReport): Promise<Result> {
  await told(page.trimEnd(), readerOfOutput());
  return { document: {}, ids: models.map(({ id }) => id), lines: () => [], isTold: true };
}

/** Writes the page whole or not at all, in place of what is there, if that is a file; gives its path. */
async function written(given: string, { catalog, page }: { catalog: Catalog; page: string }): Promise<string> {
  const path = resolve(given);
  try {
    await checkPlace(path, rootOf(catalog));
    await persistReport(path, page);
    return path;
  } catch (error) {
    throw asCatalogError(error, `could not write the report ${path}`);
  }
}

/** A report replaces files, and among those of a catalog none may be replaced. */
async function checkPlace(path: string, root: string | undefined): Promise<void> {
  const hint = 'give another file: catalog report --html ./report.html';
  const folder = await run(canonicalPath(dirname(path)), defaultDisk);
  if (root !== undefined && `${folder}/`.startsWith(`${root}/`)) {
    throw new CliRefusal('InvalidArgument', `${path} lies in the root of the catalog, whose files are its own`, hint);
  }
  const there = await run(stat(path), defaultDisk);
  if (there !== undefined && there.type !== 'file') throw new CliRefusal('InvalidArgument', `${path} is not a file`, hint);
}

function linesOf(found: CatalogReport, screen: Screen): string[] {
  const { totals, holdings, usage, trust } = found;
  const facts = keyValues(
    [
      ['models', `${counted(totals.models)} of ${sizeText(totals.bytes)}`],
      ['trust', trust.flatMap(({ name, models }) => (isGood(name) || models > 0 ? [`${models} ${name}`] : [])).join(', ')],
      ['engines', String(totals.engines)],
      ['stored', sizeText(usage?.stored_bytes ?? holdings.own_bytes + holdings.shared_bytes)],
      ['saved by sharing', sizeText(usage?.shared_bytes ?? holdings.saved_bytes)],
      ['used where it lies', sizeText(usage?.referenced_bytes ?? holdings.adopted_bytes + holdings.referenced_bytes)],
      ['can be freed', usage && sizeText(usage.reclaimable_bytes)],
      ['lies more than once', sizeText(duplicateBytes(found))],
    ],
    screen,
  );
  const advice = adviceOf(found).map((one) => printable(`${adviceText(one)} ${one.command}`));
  return [...facts, ...(advice.length > 0 ? ['', ...advice] : [])];
}
