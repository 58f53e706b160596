import { setTimeout as elapsed } from 'node:timers/promises';
import type { Client } from 'pg';
import { connected, ended, type Making } from './session.js';

const pauseMs = 1_000;

/** CAT-FLT-7004: a connection of its own on which the server tells of commits. It is a wake-up: what it misses is found by looking. */
export class Listening {
  readonly #making: Making;
  readonly #ending = new AbortController();
  #client: Client | undefined;
  #listening: Promise<void> | undefined;

  constructor(making: Making) {
    this.#making = making;
  }

  /** Listens until it is closed, again whenever the connection is lost; nobody waits for it. */
  begin(nudge: () => void): void {
    this.#listening ??= this.#listen(nudge);
  }

  async close(): Promise<void> {
    this.#ending.abort();
    if (this.#client !== undefined) void ended(this.#client);
    await this.#listening;
  }

  async #listen(nudge: () => void): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      await this.#once(nudge).catch(() => {});
      // Whoever listens by looking alone is told why it cannot be asked, if that is so.
      await elapsed(pauseMs * Math.random(), undefined, { signal }).catch(() => {});
    }
  }

  async #once(nudge: () => void): Promise<void> {
    const client = await connected(this.#making);
    this.#client = client;
    const lost = new Promise((resolve) => client.once('end', resolve));
    client.on('notification', nudge);
    try {
      await client.query(`LISTEN "${this.#making.tables.channel}"`);
      // What was committed before that was told to nobody.
      nudge();
      if (!this.#ending.signal.aborted) await lost;
    } finally {
      await ended(client);
    }
  }
}
