import { CatalogError } from 'catalog-core';
import { Command, CommanderError } from 'commander';
import { shownUrl } from '../shown-url.js';
import { tellError, tellMistake } from './output.js';
import { addPartials } from './partials.js';
import { addPull } from './pull.js';

/** What a verb leaves for the end of the process. */
export interface Run {
  exitCode: number;
}

/** Runs one command line; gives the exit code: those of `catalog`, by the same table. */
export async function run(given: readonly string[], version: string): Promise<number> {
  const json = given.includes('--json');
  const end: Run = { exitCode: 0 };
  const program = new Command('catalog-provision')
    .description('Brings models into the catalog of this machine: fetched once, resumed after a cut, checked before they are there.')
    .version(version)
    .exitOverride()
    .configureOutput({ outputError: () => {}, writeErr: (text) => (json ? undefined : process.stderr.write(text)) })
    .helpCommand(false)
    .addHelpText('after', help);
  addPull(program, end);
  addPartials(program, end);
  try {
    await program.parseAsync(given, { from: 'user' });
    return end.exitCode;
  } catch (error) {
    if (error instanceof CatalogError) return tellError(error, json);
    if (!(error instanceof CommanderError)) return tellMistake(error);
    if (error.exitCode === 0) return 0;
    return tellError(new CatalogError('InvalidArgument', wordsOf(error), { argument: 'command line' }), json);
  }
}

/** In one line, and without what may be secret in a URL that was given in the wrong place (CAT-SEC-6004). */
function wordsOf({ message }: CommanderError): string {
  const line = message.replace(/^error: /, '').replaceAll('\n', ' ');
  return line.replace(/'([^']*)'/g, (_, given: string) => `'${given.includes('://') ? shownUrl(given) : given}'`);
}

const help = `
Examples:
  catalog-provision pull hf:org/repo/model.Q4_K_M.gguf
  catalog-provision pull hf:org/repo:Q4_K_M --id assistant
  catalog-provision pull https://example.org/model.gguf --digest sha256:…
  catalog-provision partials              what was begun and is not there yet

The catalog is in --root, else in $CATALOG_ROOT, else in $XDG_CACHE_HOME/models, else in ~/.cache/models. $HF_TOKEN tells
the hub who asks, $HTTPS_PROXY and $NO_PROXY are heeded, $HF_ENDPOINT names another hub.`;
