import { type ChildProcess, spawn } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as elapsed } from 'node:timers/promises';
import { dir } from 'tmp-promise';
import { freePort } from './free-port.js';
import { NoServer, type Server } from './server.js';

/** An etcd of one member on the loopback, with data of its own that nobody else knows. */
export class EtcdServer implements Server {
  readonly port: number;
  readonly #peerPort: number;
  readonly #folder: string;
  #child: ChildProcess | undefined;
  #said = '';

  private constructor(port: number, peerPort: number, folder: string) {
    [this.port, this.#peerPort, this.#folder] = [port, peerPort, folder];
  }

  /** Throws `NoServer` where this machine has none. */
  static async begin(): Promise<EtcdServer> {
    const { path } = await dir({ prefix: 'catalog-core-etcd-' });
    const server = new EtcdServer(await freePort(), await freePort(), path);
    process.once('exit', server.#atExit);
    try {
      await server.start();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  get url(): string {
    return `etcd://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const [client, peer] = [this.port, this.#peerPort].map((port) => `http://127.0.0.1:${port}`) as [string, string];
    const words = {
      ...{ name: 'one', 'data-dir': this.#data, 'initial-cluster': `one=${peer}`, 'initial-advertise-peer-urls': peer },
      ...{ 'listen-peer-urls': peer, 'listen-client-urls': client, 'advertise-client-urls': client },
      // Nobody else stands for election: there is no reason to wait for them.
      ...{ 'heartbeat-interval': '50', 'election-timeout': '500' },
    };
    const flags = Object.entries(words).map(([name, value]) => `--${name}=${value}`);
    const child = spawn('etcd', flags, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    this.#said = '';
    child.stderr?.on('data', (said: Buffer) => {
      this.#said = `${this.#said}${said}`.slice(-4_000);
    });
    await Promise.race([this.#ready(), ended(child, () => this.#said)]);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    // Its ports are free when the last of its threads is gone.
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  /** What is there now, to be gone back to; the server is down meanwhile. */
  async copy(): Promise<() => Promise<void>> {
    const copied = `${this.#data}-copy`;
    await this.kill();
    await cp(this.#data, copied, { recursive: true });
    await this.start();
    return async () => {
      await this.kill();
      await rm(this.#data, { recursive: true });
      await cp(copied, this.#data, { recursive: true });
      await this.start();
    };
  }

  /** All it had is gone; it is up again. */
  async wipe(): Promise<void> {
    await this.kill();
    await rm(this.#data, { recursive: true });
    await this.start();
  }

  async stop(): Promise<void> {
    process.off('exit', this.#atExit);
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Asks its gateway for something that no catalog asks for. */
  async ask(path: string, body: object): Promise<Readonly<Record<string, unknown>>> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`etcd refuses ${path}: ${await response.text()}`);
    return (await response.json()) as Readonly<Record<string, unknown>>;
  }

  /** It forgets all revisions before the newest. */
  async compact(): Promise<void> {
    const { header } = (await this.ask('/v3/kv/range', { key: inBase64('x') })) as { header: { revision: string } };
    await this.ask('/v3/kv/compaction', { revision: header.revision, physical: true });
  }

  /** Everybody has to say who he is from now on: root, and `reader`, who may read all and write nothing; the password of each is `<name>-secret`. */
  async guard(): Promise<void> {
    await this.ask('/v3/auth/role/add', { name: 'root' });
    await this.ask('/v3/auth/role/add', { name: 'reader' });
    const all = { key: inBase64('\0'), range_end: inBase64('\0') };
    await this.ask('/v3/auth/role/grant', { name: 'reader', perm: { permType: 'READ', ...all } });
    for (const name of ['root', 'reader']) {
      await this.ask('/v3/auth/user/add', { name, password: `${name}-secret` });
      await this.ask('/v3/auth/user/grant', { user: name, role: name });
    }
    await this.ask('/v3/auth/enable', {});
  }

  async #ready(): Promise<void> {
    for (;;) {
      const health = await fetch(`http://127.0.0.1:${this.port}/health`).catch(() => undefined);
      if (health?.ok && ((await health.json()) as { health?: string }).health === 'true') return;
      await elapsed(20);
    }
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  readonly #atExit = (): void => {
    this.#child?.kill('SIGKILL');
  };
}

/** As the gateway has keys and values. */
export function inBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function ended(child: ChildProcess, said: () => string): Promise<never> {
  return new Promise((_, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ENOENT' ? new NoServer('etcd is not installed on this machine') : error);
    });
    child.once('exit', (code) => reject(new Error(`etcd ended with ${code}: ${said()}`)));
  });
}
