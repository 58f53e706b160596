import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from '../cli.js';
import { hasTmux, Terminal } from './terminal.js';

export type ShellName = 'bash' | 'zsh' | 'fish';

const ready = 'tmux wait-for -S ready';

/** Each is set up as `catalog completion --help` says. */
const settings: Readonly<Record<ShellName, Readonly<Record<string, string>>>> = {
  bash: { '.bashrc': `unset HISTFILE\neval "$(catalog completion bash)"\nPROMPT_COMMAND='${ready}'\n` },
  zsh: { '.zshrc': `autoload -U compinit; compinit -D -u\neval "$(catalog completion zsh)"\nprecmd() { ${ready} }\n` },
  fish: { '.config/fish/config.fish': `set -g fish_history ''\nfunction tell_ready --on-event fish_prompt; ${ready}; end\n` },
};
const programs: Readonly<Record<ShellName, string>> = { bash: 'bash -i', zsh: 'zsh -i', fish: 'fish -i' };

/** What this machine lacks to try the shell; `undefined` where nothing is. */
export function missingFor(shell: ShellName): string | undefined {
  if (!hasTmux()) return 'tmux';
  return spawnSync(shell, ['-c', 'true'], { stdio: 'ignore' }).status === 0 ? undefined : shell;
}

/** A shell as a person has it before them, with a `catalog` that completes as ours and notes what it is given. */
export class Shell {
  readonly #terminal: Terminal;
  readonly #folder: string;

  private constructor(terminal: Terminal, folder: string) {
    this.#terminal = terminal;
    this.#folder = folder;
  }

  static async opened(shell: ShellName, { folder, root }: { readonly folder: string; readonly root: string }): Promise<Shell> {
    await prepare(shell, folder);
    const environment = { PATH: `${folder}/bin:${process.env.PATH}`, CATALOG_ROOT: root, SHELL: '/bin/sh' };
    const terminal = await Terminal.running(`${programs[shell]}; tmux wait-for -S over`, { folder, columns: 200, environment });
    await terminal.until('ready');
    return new Shell(terminal, folder);
  }

  /** The words that `catalog` is given when this was typed, then Tab, then Enter. */
  async completed(typed: string): Promise<readonly string[]> {
    await this.#terminal.type(typed);
    await this.#terminal.press('Tab');
    await this.#terminal.press('Enter');
    await this.#terminal.until('ready');
    const given = await readFile(join(this.#folder, 'given'), 'utf8');
    return given.split('\0').slice(0, -1);
  }

  /** Waits for its end: a shell that is killed may still write into its home. */
  async close(): Promise<void> {
    await this.#terminal.press('C-u');
    await this.#terminal.type('exit');
    await this.#terminal.press('Enter');
    await this.#terminal.until('over');
    await this.#terminal.close();
  }
}

async function prepare(shell: ShellName, folder: string): Promise<void> {
  const script = `'${process.execPath}' '${command}'`;
  const catalog = `#!/bin/sh
case $1 in __complete|completion) exec ${script} "$@" ;; esac
printf '%s\\0' "$@" > '${folder}/given'
`;
  await mkdir(join(folder, 'bin'), { recursive: true });
  await mkdir(join(folder, '.config/fish/completions'), { recursive: true });
  await writeFile(join(folder, 'bin/catalog'), catalog);
  await chmod(join(folder, 'bin/catalog'), 0o755);
  for (const [name, text] of Object.entries(settings[shell])) await writeFile(join(folder, name), text);
  if (shell !== 'fish') return;
  // Where there are none fish makes some of the manual pages of the machine, for as long as that takes.
  await mkdir(join(folder, '.local/share/fish/generated_completions'), { recursive: true });
  const { stdout } = spawnSync(join(folder, 'bin/catalog'), ['completion', 'fish'], { encoding: 'utf8' });
  await writeFile(join(folder, '.config/fish/completions/catalog.fish'), stdout);
}
