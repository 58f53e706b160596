import { type Command, CommanderError } from 'commander';
import { readBashLine } from '../src/cli/bash-line.js';
import { declaredProgram, declareVerb } from '../src/cli/declaring.js';

/** The command lines below `Examples:`, each without what is said beside it, and from `catalog` on. */
export function examplesIn(help: string): string[] {
  const [, below = ''] = help.split('\nExamples:\n');
  const [block = ''] = below.split(/\n(?! )/);
  return block.split('\n').flatMap((line) => /\bcatalog .*?(?=\)"| {2}| > | && | \| |$)/.exec(line.trim())?.[0] ?? 'no command line');
}

/** `taken`, or why this line would be refused before anything is done. */
export async function isTaken(example: string): Promise<string> {
  const { words } = readBashLine(example, '');
  const program = declaredProgram('').exitOverride();
  program.configureOutput({ writeOut: () => {}, writeErr: () => {} });
  for (const command of program.commands) command.copyInheritedSettings(program);
  takeNothing(program, '');
  try {
    await program.parseAsync(words.slice(1), { from: 'user' });
    return 'taken';
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 'taken' : error.message;
  }
}

/** Names of arguments, and flags of options, that say nothing of themselves. A plain `<id>` speaks for itself. */
export function unexplained(command: Command): string[] {
  const args = command.registeredArguments.filter(({ description }) => description === '').map((argument) => argument.name());
  const options = command.options.filter(({ description }) => description === '').map(({ flags }) => flags);
  return [...args.filter((name) => name !== 'id' && name !== 'state'), ...options];
}

function takeNothing(parent: Command, path: string): void {
  parent.hook('preSubcommand', async (_, command) => {
    const name = `${path} ${command.name()}`.trimStart();
    const verb = await declareVerb(command, name);
    if (verb === undefined) takeNothing(command, name);
    else command.action(() => {});
  });
}
