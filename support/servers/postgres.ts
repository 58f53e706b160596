import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { access, chown, cp, readdir, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { dir } from 'tmp-promise';
import { freePort } from './free-port.js';
import { familyOf, killAll } from './processes.js';
import { NoServer, type Server } from './server.js';

const run = promisify(execFile);
/** A server refuses to run as root. */
const users = ['postgres', 'nobody'];
/** For connections, or for read-only ones. */
const readyLine = 'database system is ready to accept ';

/** PostgreSQL on the loopback, with data of its own that nobody else knows. */
export class PostgresServer implements Server {
  readonly port: number;
  readonly data: string;
  readonly #programs: string;
  readonly #user: Owner;
  readonly #settings: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;

  private constructor(of: { port: number; data: string; programs: string; user: Owner; settings: Readonly<Record<string, string>> }) {
    [this.port, this.data, this.#programs, this.#user, this.#settings] = [of.port, of.data, of.programs, of.user, of.settings];
  }

  /** Throws `NoServer` where this machine has none. */
  static async begin(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
    const [programs, user] = [await programsFound(), await ownerOf()];
    const { path } = await dir({ prefix: 'catalog-core-postgres-' });
    if (user.uid !== undefined) await chown(path, user.uid, user.gid ?? user.uid);
    const data = join(path, 'data');
    const made = ['-D', data, '-U', 'catalog', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    await run(join(programs, 'initdb'), made, { ...user, cwd: path });
    const server = new PostgresServer({ port: await freePort(), data, programs, user, settings });
    process.once('exit', server.#atExit);
    await server.start();
    return server;
  }

  get url(): string {
    return `postgres://catalog@127.0.0.1:${this.port}/postgres`;
  }

  async start(): Promise<void> {
    const settings = Object.entries({ ...quiet, port: String(this.port), ...this.#settings });
    const words = ['-D', this.data, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
    const child = spawn(join(this.#programs, 'postgres'), words, { ...this.#user, cwd: this.data, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    await ready(child);
  }

  async kill(): Promise<void> {
    const { pid } = this.#child ?? {};
    if (pid !== undefined && this.#child?.exitCode === null) {
      // Who is stopped begins no process that is not in the family yet.
      process.kill(pid, 'SIGSTOP');
      await killAll(await familyOf(pid));
    }
    this.#child = undefined;
  }

  /** What is there now, to be gone back to; the server is down meanwhile. */
  async copy(): Promise<() => Promise<void>> {
    await this.kill();
    const copied = `${this.data}-copy`;
    await cp(this.data, copied, { recursive: true, preserveTimestamps: true });
    await this.start();
    return async () => {
      await this.kill();
      await rm(this.data, { recursive: true });
      await cp(copied, this.data, { recursive: true, preserveTimestamps: true });
      await giveTo(this.data, this.#user);
      await this.start();
    };
  }

  async stop(): Promise<void> {
    process.off('exit', this.#atExit);
    await this.kill();
    await rm(join(this.data, '..'), { recursive: true, force: true });
  }

  readonly #atExit = (): void => {
    this.#child?.kill('SIGKILL');
  };
}

/** Nothing but the loopback, and nothing that is not needed for one run. */
const quiet = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '32MB',
  log_min_messages: 'log',
  lc_messages: 'C',
  logging_collector: 'off',
  autovacuum: 'on',
};

interface Owner {
  readonly uid?: number;
  readonly gid?: number;
}

async function ownerOf(): Promise<Owner> {
  if (process.getuid?.() !== 0) return {};
  for (const user of users) {
    const ids = await Promise.all(
      ['-u', '-g'].map((flag) =>
        run('id', [flag, user]).then(
          ({ stdout }) => Number(stdout),
          () => undefined,
        ),
      ),
    );
    const [uid, gid] = ids;
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new NoServer('there is no user other than root that PostgreSQL could run as');
}

/** Where `initdb` and `postgres` are: on the path, or where packages put them, the newest first. */
async function programsFound(): Promise<string> {
  const packaged = '/usr/lib/postgresql';
  const versions = await readdir(packaged).catch(() => []);
  const newest = versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(packaged, version, 'bin'));
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...newest]) {
    const isThere = await Promise.all(['initdb', 'postgres'].map((name) => access(join(folder, name)))).then(
      () => true,
      () => false,
    );
    if (folder !== '' && isThere) return folder;
  }
  throw new NoServer('PostgreSQL is not installed on this machine');
}

function ready(child: ChildProcess): Promise<void> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    if (child.stderr === null) throw new Error('a server tells how it is');
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line);
      if (line.includes(readyLine)) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${code}: ${said.slice(-5).join('\n')}`)));
  });
}

async function giveTo(folder: string, { uid, gid }: Owner): Promise<void> {
  if (uid !== undefined && gid !== undefined) await run('chown', ['-R', `${uid}:${gid}`, folder]);
}
