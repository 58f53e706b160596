import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-port.js';

/** What becomes of a connection at the first message of its client that holds this text. */
export interface Trap {
  readonly text: string;
  /**
   * `before`: the message does not reach the server. `after`: it does, and the answer does not come back. `late`: the client is cut off, and
   * the message reaches the server when `release` is called. `held`: so it does, and nobody is cut off. `deaf`: from the answer to this message on, the client is told nothing more.
   */
  readonly cut: 'before' | 'after' | 'late' | 'held' | 'deaf';
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  isDeaf: boolean;
}

/** Stands between clients and a server, and cuts them off where a scenario says so. */
export class Between {
  readonly #listening: Server;
  readonly #target: number;
  readonly #pairs = new Set<Pair>();
  readonly #traps: Trap[] = [];
  readonly #late: (() => void)[] = [];
  #isRefusing = false;
  #isSilent = false;
  #sprung: (() => void)[] = [];
  readonly port: number;
  connections = 0;

  private constructor(listening: Server, port: number, target: number) {
    [this.#listening, this.port, this.#target] = [listening, port, target];
    listening.on('connection', (client) => this.#connect(client));
  }

  static async before(target: number): Promise<Between> {
    const [port, listening] = [await freePort(), createServer({ noDelay: true, allowHalfOpen: true })];
    await new Promise<void>((resolve) => listening.listen(port, '127.0.0.1', resolve));
    return new Between(listening, port, target);
  }

  /** The same URL, through here. */
  through(url: string): string {
    return url.replace(/(127\.0\.0\.1|localhost):\d+/, `127.0.0.1:${this.port}`);
  }

  /** Cuts off all who are connected; they may come again. */
  cutAll(): void {
    for (const { client, server } of this.#pairs) for (const socket of [client, server]) socket.destroy();
  }

  /** Nobody gets through, until `pass`. */
  refuse(): void {
    this.#isRefusing = true;
    this.cutAll();
  }

  pass(): void {
    this.#isRefusing = false;
  }

  /** From now on nobody is told anything, not even that he is cut off: as where a machine lost its power. */
  fallSilent(): void {
    this.#isSilent = true;
  }

  /** Once, for the next connection on which it is said; resolves when that was so. */
  trap(trap: Trap): Promise<void> {
    this.#traps.push(trap);
    return new Promise((resolve) => this.#sprung.push(resolve));
  }

  /** What was kept back reaches the server. */
  release(): void {
    for (const pass of this.#late.splice(0)) pass();
  }

  async close(): Promise<void> {
    this.cutAll();
    await new Promise((resolve) => this.#listening.close(resolve));
  }

  #connect(client: Socket): void {
    this.connections++;
    client.on('error', () => {});
    if (this.#isRefusing) {
      client.destroy();
      return;
    }
    client.on('end', () => {
      if (!this.#isSilent) client.end();
    });
    const server = connect({ port: this.#target, host: '127.0.0.1', noDelay: true });
    const pair: Pair = { client, server, isDeaf: false };
    this.#pairs.add(pair);
    const cut = (): void => {
      if (!this.#isSilent) client.destroy();
    };
    server.on('error', cut).on('close', cut);
    client.on('close', () => {
      this.#pairs.delete(pair);
      if (this.#late.length === 0) server.destroy();
    });
    client.on('data', (message) => this.#pass(pair, message));
    server.on('data', (answer) => {
      if (!pair.isDeaf && !this.#isSilent) client.write(answer);
    });
  }

  #pass(pair: Pair, message: Buffer): void {
    if (this.#isSilent) return;
    const place = this.#traps.findIndex(({ text }) => message.includes(text));
    const [trap] = place === -1 ? [] : this.#traps.splice(place, 1);
    if (trap === undefined) {
      pair.server.write(message);
      return;
    }
    this.#spring(trap, pair, message);
    for (const tell of this.#sprung.splice(place, 1)) tell();
  }

  #spring({ cut }: Trap, pair: Pair, message: Buffer): void {
    switch (cut) {
      case 'before':
        pair.server.destroy();
        return;
      case 'after':
        pair.isDeaf = true;
        pair.server.once('data', () => pair.client.destroy());
        pair.server.write(message);
        return;
      case 'late':
        this.#late.push(() => pair.server.end(message));
        pair.client.destroy();
        return;
      case 'held':
        this.#late.push(() => pair.server.write(message));
        return;
      case 'deaf':
        pair.server.once('data', () => {
          pair.isDeaf = true;
        });
        pair.server.write(message);
        return;
    }
  }
}
