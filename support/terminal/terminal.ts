import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const deadlineMs = 30_000;

export interface TerminalOptions {
  /** Its home, where its socket lies too. */
  readonly folder: string;
  readonly columns: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Whether there is the program that makes terminals. */
export function hasTmux(): boolean {
  return spawnSync('tmux', ['-V'], { stdio: 'ignore' }).status === 0;
}

/** A real terminal, of tmux, in which one program runs. What is in it says by `tmux wait-for -S <word>` how far it is. */
export class Terminal {
  readonly #socket: string;
  readonly #environment: NodeJS.ProcessEnv;

  private constructor({ folder, environment }: TerminalOptions) {
    this.#socket = join(folder, 'tmux');
    this.#environment = { PATH: process.env.PATH, HOME: folder, TERM: 'xterm-256color', LANG: 'C.UTF-8', ...environment };
  }

  static async running(program: string, options: TerminalOptions): Promise<Terminal> {
    const terminal = new Terminal(options);
    const size = ['-x', String(options.columns), '-y', '200'];
    // The server stays when the program has ended, so that what it said last is still heard.
    const stays = ['set', '-g', 'exit-empty', 'off', ';'];
    await terminal.#tmux('-f', '/dev/null', ...stays, 'new-session', '-d', ...size, '-c', options.folder, program);
    return terminal;
  }

  async type(text: string): Promise<void> {
    await this.#tmux('send-keys', '-l', text);
  }

  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux('send-keys', ...keys);
  }

  async until(word: string): Promise<void> {
    await this.#tmux('wait-for', word);
  }

  /** What is to be seen, without what lies below it; a line that was too long for the terminal is told as one. */
  async screen(): Promise<string> {
    return (await this.#tmux('capture-pane', '-p', '-J', '-S', '-')).trimEnd();
  }

  async close(): Promise<void> {
    await this.#tmux('kill-server');
  }

  async #tmux(...words: readonly string[]): Promise<string> {
    const { stdout } = await run('tmux', ['-S', this.#socket, '-u', ...words], {
      env: this.#environment,
      timeout: deadlineMs,
      killSignal: 'SIGKILL',
    });
    return stdout;
  }
}
