import type { Catalog } from '../catalog.js';
import { isCatalogError } from '../core/errors.js';
import type { Probed } from '../core/headers/probe.js';
import type { ProbeReport } from '../probe-model.js';
import { CliRefusal } from './hints.js';
import { examples } from './options.js';
import { printable, sizeText } from './render.js';
import type { Verb } from './run.js';

const what = `
Reads the headers of the files of a model, or of those behind a path, and tells whether the files are as long as the headers say. That takes
milliseconds and finds downloads that were cut off. It is no verification: it says nothing of what the files hold, and changes nothing.`;

export const probe: Verb = {
  onlyReads: true,
  declare(command) {
    command
      .argument('<id|path>', 'a model, or a file or directory anywhere')
      .addHelpText('after', what)
      .addHelpText('after', examples('catalog probe tinyllama', 'catalog probe ./download.gguf', 'catalog probe ./model-dir --json'));
  },
  async run({ catalog }, [idOrPath = '']) {
    const report = await probed(catalog, idOrPath);
    const isBad = report.files.some(({ kind }) => kind === 'truncated' || kind === 'malformed');
    return {
      document: { report },
      ids: report.files.map(({ path }) => path),
      lines: () => report.files.map(line),
      exitCode: isBad ? 1 : 0,
      hint: isBad ? 'fetch it again; `catalog verify` tells for certain, where a digest is known' : undefined,
    };
  },
};

async function probed(catalog: Catalog, idOrPath: string): Promise<ProbeReport> {
  try {
    return await catalog.probe(idOrPath);
  } catch (error) {
    if (!isCatalogError(error, 'NotFound') || !(await catalog.get(idOrPath))) throw error;
    throw new CliRefusal('NotFound', error.message, 'bring its files with `catalog add`', error.details);
  }
}

/** `truncated (probe)  ./a.gguf  gguf  4.20 GB  truncated: 99 of 4200000099 bytes are not there` */
function line({ kind, path, format, bytes, reason }: Probed & { readonly path: string }): string {
  const parts = [`${kind} (probe)`, path, format, sizeText(bytes), reason];
  return parts
    .filter((part) => part !== undefined)
    .map(printable)
    .join('  ');
}
