import { Argument } from 'commander';
import { scripts } from './completion-scripts.js';
import { CliRefusal } from './hints.js';
import { examples } from './options.js';
import type { PlainVerb } from './run.js';

type Shell = keyof typeof scripts;
const shells = Object.keys(scripts) as Shell[];

const how = `
Verbs, options, their values, paths, and the ids of the catalog are completed.

bash: add this line to ~/.bashrc
  eval "$(catalog completion bash)"

zsh: add this line to ~/.zshrc, behind compinit
  eval "$(catalog completion zsh)"

fish: write the script where fish looks for it
  catalog completion fish > ~/.config/fish/completions/catalog.fish`;

/** CAT-CLI-6204. */
export const completion: PlainVerb = {
  declare(command) {
    command
      .addArgument(new Argument('[shell]', 'whose').choices(shells))
      .addHelpText('after', how)
      .addHelpText('after', examples('catalog completion bash', 'catalog completion fish > ~/.config/fish/completions/catalog.fish'));
  },
  async answer(_session, [shell]) {
    if (shell === undefined)
      throw new CliRefusal('InvalidArgument', 'no shell was given', `say which: \`catalog completion ${nearestShell()}\``);
    const script = scripts[shell as Shell];
    return { document: { shell, script }, ids: script.split('\n'), lines: () => [script] };
  },
};

/** The shell of whoever asks, where it is one of them. */
function nearestShell(): Shell {
  const own = (process.env.SHELL ?? '').split('/').at(-1);
  return shells.find((shell) => shell === own) ?? 'bash';
}
