import { Command, CommanderError } from 'commander';
import { nearest } from '../core/nearest.js';
import { redactText } from '../core/redact.js';
import { CliRefusal, usageHint } from './hints.js';
import { declareShared, wantsJson } from './options.js';
import { heedFailingOutput, tellError } from './output.js';
import { perform } from './run.js';
import { verbs } from './verbs.js';

const about = 'The models and engines on this machine: register, add, verify, find and remove them.';
const examples = `
Examples:
  catalog add ./tinyllama.gguf          copy a model into the catalog and verify it
  catalog ls --state Active             what can be used
  llama-server -m "$(catalog locate tinyllama)"

The catalog is in --root, else in $CATALOG_ROOT, else in $XDG_CACHE_HOME/models, else in ~/.cache/models.
"catalog <verb> --help" tells about a verb.`;

/** Runs one command line; gives the exit code. The code of a verb is loaded when the verb is asked for. */
export async function main(given: readonly string[], version: string): Promise<number> {
  const json = wantsJson(given);
  heedFailingOutput({ json });
  const run: Run = { exitCode: 0 };
  const program = programOf(version, json, run);
  try {
    await program.parseAsync(withoutHelpVerb(given), { from: 'user' });
    return run.exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : tellError(usageRefusal(error, run.verb), { json });
  }
}

/** How far a command line has come. */
interface Run {
  exitCode: number;
  verb?: string;
}

function programOf(version: string, json: boolean, run: Run): Command {
  const program = new Command('catalog');
  program
    .description(about)
    .version(version)
    // A verb has options of its own by the names of ours: `engine add --version`.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ outputError: () => {}, writeErr: (text) => (json ? undefined : process.stderr.write(text)) })
    .configureHelp({ sortSubcommands: false })
    .addHelpText('after', examples)
    .helpCommand(false);
  declareShared(program);
  declareVerbs(program, [], run);
  return program;
}

/** Every verb by its name and summary; what it takes is declared when it is asked for. */
function declareVerbs(parent: Command, path: readonly string[], run: Run): void {
  const here = verbs.filter(({ name }) => name.split(' ').slice(0, -1).join(' ') === path.join(' '));
  for (const { name, summary } of here)
    parent
      .command(name.split(' ').at(-1) ?? name)
      .summary(summary)
      .description(summary);
  parent.hook('preSubcommand', async (_, command) => {
    const name = [...path, command.name()].join(' ');
    run.verb = name;
    const { load } = verbs.find((verb) => verb.name === name) ?? {};
    if (load === undefined) {
      declareShared(command.helpCommand(false));
      return declareVerbs(command, [...path, command.name()], run);
    }
    const verb = await load();
    verb.declare(command);
    declareShared(command);
    command.action(async () => {
      run.exitCode = await perform(command, verb, name);
    });
  });
}

/** `catalog help add` is `catalog add --help`. */
function withoutHelpVerb(given: readonly string[]): string[] {
  return given[0] === 'help' ? [...given.slice(1), '--help'] : [...given];
}

function usageRefusal(error: CommanderError, verb: string | undefined): CliRefusal {
  const hint = verb === undefined ? '`catalog --help` lists the verbs, `catalog <verb> --help` what a verb takes' : usageHint(verb);
  return new CliRefusal('InvalidArgument', error.code === 'commander.help' ? 'no verb was given' : wordsOf(error), hint);
}

/** In one line, and without a password in a URL that was given in the wrong place (CAT-SEC-6004). */
function wordsOf({ message }: CommanderError): string {
  const line = message.replace(/^error: /, '').replaceAll('\n', ' ');
  return withoutWildGuess(line).replace(/'([^']*)'/g, (_, given: string) => `'${redactText(given)}'`);
}

/** A guess that is far from what was given helps nobody. */
function withoutWildGuess(line: string): string {
  const [guess, words = ''] = / \(Did you mean (?:one of )?(.*)\?\)$/.exec(line) ?? [];
  const [, given = ''] = /'-*([^']*)'/.exec(line) ?? [];
  if (guess === undefined) return line;
  const isNear = words.split(', ').some((word) => nearest(given, [word.replace(/^-+/, '')]) !== undefined);
  return isNear ? line : line.slice(0, -guess.length);
}
