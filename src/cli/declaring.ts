import { Command } from 'commander';
import { declareShared, examples } from './options.js';
import type { PlainVerb, Verb } from './run.js';
import { verbs } from './verbs.js';

const about = 'The models and engines on this machine: register, add, verify, find and remove them.';
const lines = examples(
  'catalog add ./tinyllama.gguf     copy a model into the catalog and verify it',
  'catalog ls --state Active        what can be used',
  'llama-server -m "$(catalog locate tinyllama)"',
);
const places = `
The catalog is in --root, else in $CATALOG_ROOT, else in $XDG_CACHE_HOME/models, else in ~/.cache/models.
"catalog <verb> --help" tells about a verb, "catalog completion --help" how a shell completes them.`;

/** The command with its verbs by name and summary; what each takes is declared when it is asked for. */
export function declaredProgram(version: string): Command {
  const program = new Command('catalog');
  program
    .description(about)
    .version(version)
    // A verb has options of its own by the names of ours: `engine add --version`.
    .enablePositionalOptions()
    .configureHelp({ sortSubcommands: false })
    .addHelpText('after', `${lines}\n${places}`)
    .helpCommand(false);
  declareShared(program);
  declareNames(program, '');
  return program;
}

/** Declares what a verb takes, or which verbs of its own it has; gives the verb, unless it only has those. */
export async function declareVerb(command: Command, name: string): Promise<Verb | PlainVerb | undefined> {
  const listed = verbs.find((one) => one.name === name);
  const verb = await listed?.load?.();
  if (verb === undefined) declareNames(command.helpCommand(false), name);
  if (listed?.examples) command.addHelpText('after', examples(...listed.examples));
  verb?.declare(command);
  declareShared(command);
  return verb;
}

function declareNames(parent: Command, path: string): void {
  const here = verbs.filter(({ name }) => name.split(' ').slice(0, -1).join(' ') === path);
  for (const { name, summary } of here) {
    const command = parent.command(name.split(' ').at(-1) ?? name);
    command.summary(summary).description(summary);
  }
}
