import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { CatalogError, type ErrorCode, exitCodes, refusal } from '../core/errors.js';
import type { CatalogStore, Collection, StoreClaims } from '../stores/catalog-store.js';
import { Broken } from './expecting.js';
import type { ConformanceModule, CreateContext } from './module.js';

/** The command that answers for a store in lines of JSON, and what it claims. */
export interface JsonLinesOptions {
  readonly name: string;
  /** A store that speaks lines tells nothing of its own accord: it claims no watch. */
  readonly claims: Omit<StoreClaims, 'watch'>;
  /** The program, and what it is given. */
  readonly command: readonly [string, ...string[]];
}

/**
 * A store in any language (CAT-CNF-5205), as a program of its own. It reads one JSON object from each line of its standard input,
 * `{"id":1,"op":"open","location":"/…"}`, then `get`, `put`, `delete`, `list` (with `collection`, and `key`, `record`, `options` where
 * they apply) and `close`, and writes one for each to its standard output, in any order: `{"id":1,"result":…}`, where null stands for
 * what is not there, or `{"id":1,"error":{"code":"RevisionConflict","message":"…","details":{…}}}`. What it writes elsewhere is for people.
 */
export function jsonLinesStore({ name, claims, command }: JsonLinesOptions): ConformanceModule {
  const all: StoreClaims = { ...claims, watch: 'none' };
  return {
    name,
    claims: all,
    create: async ({ location, signal }: CreateContext) => {
      const program = new Program(command, signal);
      await program.ask({ op: 'open', location });
      return storeOf(program, name, all);
    },
  };
}

function storeOf(program: Program, name: string, claims: StoreClaims): CatalogStore {
  return {
    name,
    claims,
    models: collectionOf(program, 'models'),
    engines: collectionOf(program, 'engines'),
    close: () => program.close(),
  };
}

function collectionOf<R extends { id: string }>(program: Program, collection: 'models' | 'engines'): Collection<R> {
  const ask = <T>(asked: object): Promise<T> => program.ask({ ...asked, collection }) as Promise<T>;
  return {
    get: async (key) => (await ask<Awaited<ReturnType<Collection<R>['get']>> | null>({ op: 'get', key })) ?? undefined,
    put: (record, options = {}) => ask({ op: 'put', record: checkedText(record), options: checkedText(options) }),
    delete: (key, options = {}) => ask({ op: 'delete', key, options: checkedText(options) }),
    list: () => ask({ op: 'list' }),
    watch: () => {
      throw refusal('Unsupported', 'a store that speaks JSON lines tells nothing of its own accord');
    },
  };
}

/** What JSON cannot say is refused on this side; on a line it would have become something else. */
function checkedText<T>(value: T): T {
  JSON.stringify(value, (member, found: unknown) => {
    if (typeof found !== 'number' || Number.isFinite(found)) return found;
    throw refusal(member === 'ifRevision' ? 'InvalidArgument' : 'InvalidRecord', `\`${member}\` is a number that JSON has not`);
  });
  return value;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Answer {
  /** 0 where it has none. */
  readonly id: unknown;
  readonly result: unknown;
  readonly error: Error | undefined;
}

/** A running program, and who waits for its answers. */
class Program {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<unknown, Waiting>();
  readonly #ended: Promise<void>;
  #asked = 0;
  #isClosed = false;
  #trouble: Error | undefined;

  constructor([program, ...rest]: readonly [string, ...string[]], signal: AbortSignal) {
    this.#child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#ended = new Promise((resolve) => this.#child.once('close', () => resolve()));
    this.#child.once('error', (error) => this.#fail(error));
    this.#child.once('close', (code) => this.#fail(new Error(`the program ended with code ${code}`)));
    this.#input.on('error', (error) => this.#fail(error));
    if (this.#child.stdout) createInterface({ input: this.#child.stdout }).on('line', (line) => this.#hear(line));
    signal.addEventListener('abort', () => this.#child.kill('SIGKILL'), { once: true });
  }

  ask(asked: object): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(refusal('Closed', 'this catalog was closed'));
    return this.#ask(asked);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#ask({ op: 'close' });
    this.#input.end();
    await this.#ended;
  }

  get #input(): Writable {
    return this.#child.stdin as Writable;
  }

  #ask(asked: object): Promise<unknown> {
    if (this.#trouble) return Promise.reject(this.#trouble);
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#input.write(`${JSON.stringify({ id, ...asked })}\n`);
    });
  }

  #hear(line: string): void {
    const answer = answerIn(line);
    if (answer instanceof Error) {
      this.#fail(answer);
      return;
    }
    const waiting = this.#waiting.get(answer.id);
    if (waiting === undefined) {
      this.#fail(new Broken(`the program wrote what answers nothing that it was asked: ${line.slice(0, 200)}`));
      return;
    }
    this.#waiting.delete(answer.id);
    if (answer.error === undefined) waiting.resolve(answer.result);
    else waiting.reject(answer.error);
  }

  #fail(error: Error): void {
    this.#trouble ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** What a line of a program says; why it says nothing. */
export function answerIn(line: string): Answer | Error {
  let said: unknown;
  try {
    said = JSON.parse(line);
  } catch {
    return new Error(`the program wrote what is no JSON: ${line.slice(0, 200)}`);
  }
  const { id = 0, result, error } = (said ?? {}) as { readonly id?: unknown; readonly result?: unknown; readonly error?: unknown };
  return { id, result, error: error === undefined || error === null ? undefined : errorOf(error, line) };
}

/** Only codes that there are (CONTRACT) are refusals. */
function errorOf(error: unknown, line: string): Error {
  const { code, message, details } = error as { readonly code?: unknown; readonly message?: unknown; readonly details?: unknown };
  if (typeof code !== 'string') return new Broken(`the program answered with an error that has no code: ${line.slice(0, 200)}`);
  const known = typeof details === 'object' && details !== null ? (details as Record<string, unknown>) : {};
  const words = typeof message === 'string' ? message : code;
  if (Object.hasOwn(exitCodes, code)) return new CatalogError(code as ErrorCode, words, known);
  return new Error(`the program answered with the error ${code}: ${words}`);
}
