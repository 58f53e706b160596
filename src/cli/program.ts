import { Command, CommanderError } from 'commander';
import { redactText } from '../core/redact.js';
import { CliRefusal } from './hints.js';
import { declareShared, wantsJson } from './options.js';
import { ignoreClosedPipes, tellError } from './output.js';
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
  ignoreClosedPipes();
  const json = wantsJson(given);
  let exitCode = 0;
  const program = programOf(version, json, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(withoutHelpVerb(given), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : tellError(usageRefusal(error), { json });
  }
}

function programOf(version: string, json: boolean, ended: (exitCode: number) => void): Command {
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
  declareVerbs(program, [], ended);
  return program;
}

/** Every verb by its name and summary; what it takes is declared when it is asked for. */
function declareVerbs(parent: Command, path: readonly string[], ended: (exitCode: number) => void): void {
  const here = verbs.filter(({ name }) => name.split(' ').slice(0, -1).join(' ') === path.join(' '));
  for (const { name, summary } of here)
    parent
      .command(name.split(' ').at(-1) ?? name)
      .summary(summary)
      .description(summary);
  parent.hook('preSubcommand', async (_, command) => {
    const name = [...path, command.name()].join(' ');
    const { load } = verbs.find((verb) => verb.name === name) ?? {};
    if (load === undefined) {
      declareShared(command.helpCommand(false));
      return declareVerbs(command, [...path, command.name()], ended);
    }
    const verb = await load();
    verb.declare(command);
    declareShared(command);
    command.action(async () => ended(await perform(command, verb)));
  });
}

/** `catalog help add` is `catalog add --help`. */
function withoutHelpVerb(given: readonly string[]): string[] {
  return given[0] === 'help' ? [...given.slice(1), '--help'] : [...given];
}

function usageRefusal(error: CommanderError): CliRefusal {
  const hint = '`catalog --help` lists the verbs, `catalog <verb> --help` what a verb takes';
  return new CliRefusal('InvalidArgument', error.code === 'commander.help' ? 'no verb was given' : wordsOf(error), hint);
}

/** In one line, and without a password in a URL that was given in the wrong place (CAT-SEC-6004). */
function wordsOf({ message }: CommanderError): string {
  const line = message.replace(/^error: /, '').replaceAll('\n', ' ');
  return line.replace(/'([^']*)'/g, (_, given: string) => `'${redactText(given)}'`);
}
