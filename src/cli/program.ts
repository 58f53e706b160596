import { type Command, CommanderError } from 'commander';
import { nearest } from '../core/nearest.js';
import { redactText } from '../core/redact.js';
import { declaredProgram, declareVerb } from './declaring.js';
import { CliRefusal, usageHint } from './hints.js';
import { wantsJson } from './options.js';
import { columnsOf, heedFailingOutput, tellError } from './output.js';
import { perform } from './run.js';
import { setAnew } from './wrapping.js';

/** Where nobody looks, help is as wide as on most terminals. */
const columnsOfHelp = 80;

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
  const program = declaredProgram(version);
  program.exitOverride().configureOutput({
    outputError: () => {},
    writeErr: (text) => (json ? undefined : process.stderr.write(text)),
    writeOut: (text) => process.stdout.write(setAnew(text, columnsOf(process.stdout) ?? columnsOfHelp)),
  });
  for (const command of program.commands) command.copyInheritedSettings(program);
  declareWhenAsked(program, [], run);
  return program;
}

/** The code of a verb is loaded, and what it takes declared, before its part of the line is read. */
function declareWhenAsked(parent: Command, path: readonly string[], run: Run): void {
  parent.hook('preSubcommand', async (_, command) => {
    const words = [...path, command.name()];
    const name = words.join(' ');
    run.verb = name;
    const verb = await declareVerb(command, name);
    if (verb === undefined) return declareWhenAsked(command, words, run);
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
