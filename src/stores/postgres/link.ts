import type { Client } from 'pg';
import { refusal } from '../../core/errors.js';
import { outlasting } from '../passing.js';
import { LostConnection, serverError } from './server-errors.js';
import { connected, ended, type Making } from './session.js';

/** One connection of a handle, for one work after the other, made anew whenever it is lost. */
export class Link {
  readonly #making: Making;
  #client: Promise<Client> | undefined;
  #isClosed = false;
  /** The end of the last work that was asked for. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(making: Making) {
    this.#making = making;
  }

  /**
   * Works with the connection, again where the server was away in the meantime: the work must be safe to be done twice, or know what it
   * has done.
   */
  use<T>(work: (client: Client) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const { unreachableMs } = this.#making;
    return outlasting(() => this.#once(work), { unreachableMs, signal });
  }

  /** Works with the connection once; `Passing` where it may be done later. All who wait for a connection wait for the same one. */
  async #once<T>(work: (client: Client) => Promise<T>): Promise<T> {
    this.#checkOpen();
    this.#client ??= this.#opened();
    const opening = this.#client;
    const client = await opening;
    return this.#inTurn(() => {
      this.#checkOpen();
      if (this.#client !== opening) throw new LostConnection(new Error('the connection was lost'));
      return this.#done(work, client, opening);
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #done<T>(work: (client: Client) => Promise<T>, client: Client, opening: Promise<Client>): Promise<T> {
    try {
      return await work(client);
    } catch (error) {
      const told = serverError(error, this.#making.place);
      if (told instanceof LostConnection) this.#drop(opening, client);
      throw told;
    }
  }

  #checkOpen(): void {
    if (this.#isClosed) throw refusal('Closed', 'this catalog was closed');
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last;
    const client = await this.#client?.catch(() => undefined);
    if (client !== undefined) await ended(client);
  }

  #opened(): Promise<Client> {
    const opening = connected(this.#making).then((client) => {
      client.once('end', () => this.#forget(opening));
      return client;
    });
    opening.catch(() => this.#forget(opening));
    return opening;
  }

  #forget(opening: Promise<Client>): void {
    if (this.#client === opening) this.#client = undefined;
  }

  #drop(opening: Promise<Client>, client: Client): void {
    this.#forget(opening);
    void ended(client);
  }
}
