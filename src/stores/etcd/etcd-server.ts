import { isCatalogError, refusal } from '../../core/errors.js';
import { jsonIn } from '../../core/json.js';
import { outlasting } from '../passing.js';
import { SeenHistory } from '../seen-history.js';
import { timeIn } from '../stored-text.js';
import type { EtcdAddress } from './address.js';
import { Gateway } from './gateway.js';
import { TooLong } from './gateway-errors.js';
import { type KeyRange, Keys } from './keys.js';
import {
  grantAnswer,
  type KeyValue,
  type Range,
  type Transaction,
  type TransactionAnswer,
  transactionAnswer,
  transactionBody,
  type WatchAnswer,
  watchAnswer,
  watchBody,
} from './wire.js';

const schema = 1;
const oldestVersion = [3, 4] as const;
/** Pages begin small, as records may be large, and grow as long as they are not. */
const [firstPage, longestPage, pageBytes] = [64, 4096, 2 * 1024 * 1024];

/** What was found under keys, and when. */
export interface Found {
  readonly values: ReadonlyMap<string, KeyValue>;
  readonly ranges: TransactionAnswer['ranges'];
  /** Of the server, when it looked. */
  readonly revision: number;
}

/** A catalog in an etcd as a handle sees it. Every read is linearizable, and none shows less than the one before it (CAT-FLT-7006). */
export class EtcdServer {
  readonly keys: Keys;
  readonly unreachableMs: number;
  readonly #gateway: Gateway;
  readonly #seen = new SeenHistory();
  readonly #closed = new AbortController();
  #lineageText: string | undefined;

  constructor(address: EtcdAddress, { unreachableMs, answerMs }: { readonly unreachableMs: number; readonly answerMs: number }) {
    this.keys = new Keys(address.prefix);
    this.unreachableMs = unreachableMs;
    this.#gateway = new Gateway(address, answerMs);
  }

  get lineage(): string {
    return this.#seen.lineage;
  }

  /** What every change must find there, so that none is made in another history. */
  get lineageText(): string {
    return this.#lineageText ?? '';
  }

  get isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  /** CAT-FLT-7005: what is older than 3.4 is `WeakServer`. Its catalog is made where there is none. */
  async open({ readOnly }: { readonly readOnly: boolean }): Promise<void> {
    await this.outlasting(async () => checkVersion(await this.#gateway.version()));
    await this.outlasting(async () => {
      const { values } = await this.lookOnce([]);
      if (values.has(this.keys.lineage) || readOnly) return;
      await this.#make();
      await this.lookOnce([]);
    });
  }

  /** Reads ranges at one revision, as often as it takes until the server answers. */
  look(ranges: readonly Range[]): Promise<Found> {
    return this.outlasting(() => this.lookOnce(ranges));
  }

  async lookOnce(ranges: readonly Range[]): Promise<Found> {
    const own = [this.keys.lineage, this.keys.head].map((key): Range => ({ type: 'range', key }));
    const answer = await this.#asked({ compare: [], success: [...own, ...ranges], failure: [] });
    return this.foundIn(answer);
  }

  /** A transaction, sent once. Its failure must read the keys of the lineage and of the head. */
  commitOnce(transaction: Transaction): Promise<TransactionAnswer> {
    return this.#asked(transaction);
  }

  /** What the ranges of an answer found, the two of the server's own left out. */
  foundIn({ header, ranges }: TransactionAnswer): Found {
    const values = new Map(ranges.flatMap(({ found }) => found.map((one) => [one.key, one] as const)));
    return { values, ranges: ranges.slice(2), revision: header.revision };
  }

  /** All that is in a range, page by page; `atOnce`: as it was when the first was read, which is `Forgotten` once etcd has compacted that. */
  async *pages({ key, end }: KeyRange, options: { readonly atOnce?: boolean; readonly keysOnly?: boolean } = {}): AsyncGenerator<Page> {
    const { atOnce = false, keysOnly = false } = options;
    let revision: number | undefined;
    let [from, limit] = [key, firstPage];
    const asked = async (): Promise<Found | undefined> => {
      const range = { type: 'range', key: from, end, limit, keysOnly, ...(atOnce && revision !== undefined && { revision }) } as const;
      try {
        return await this.look([range]);
      } catch (error) {
        // Fewer at a time: no record alone is that long.
        if (!(error instanceof TooLong) || limit === 1) throw error;
        return undefined;
      }
    };
    for (let coming = asked(), isLast = false; !isLast; ) {
      const answer = await coming;
      if (answer === undefined) {
        limit = Math.max(1, limit >> 3);
        coming = asked();
        continue;
      }
      revision ??= answer.revision;
      const { found, more } = answer.ranges[0] ?? { found: [], more: false };
      const last = found.at(-1);
      isLast = !more || last === undefined;
      if (last !== undefined && !isLast) {
        [from, limit] = [`${last.key}\0`, nextLimit(found)];
        // The server looks for the next page while this one is read.
        coming = asked();
        coming.catch(() => {});
      }
      yield { found, revision };
    }
  }

  /** An etcd lease of so many seconds, rounded up, or more where the server has a least: for how long, and when by its clock it ends. */
  grant(ttlMs: number): Promise<Granted> {
    return this.outlasting(async () => {
      const answer = await this.#gateway.call('/v3/lease/grant', { TTL: String(Math.ceil(ttlMs / 1000)) });
      const { lease, seconds } = grantAnswer(answer);
      const now = Date.parse(String((answer as { readonly date?: unknown }).date));
      return { lease, expiresAt: timeIn((Number.isNaN(now) ? Date.now() : now) + seconds * 1000) };
    });
  }

  /** What hangs on it goes with it; one that is over is no error. */
  async revoke(lease: string): Promise<void> {
    await this.outlasting(() => this.#gateway.call('/v3/lease/revoke', { ID: lease })).catch((error: unknown) => {
      if (!isCatalogError(error, 'IoError') || !/lease not found/.test(error.message)) throw error;
    });
  }

  /** What is put in a range after a revision, until the stream ends, which it does sooner or later. */
  async *watch(range: KeyRange, after: number, signal: AbortSignal): AsyncGenerator<WatchAnswer> {
    for await (const line of this.#gateway.stream('/v3/watch', watchBody({ ...range, after }), signal)) {
      const answer = watchAnswer(line);
      if (answer.canceled && answer.compactRevision === undefined && /permission denied/.test(answer.reason))
        throw refusal('PermissionDenied', `the etcd refuses to be watched: ${answer.reason}`);
      yield answer;
    }
  }

  outlasting<T>(work: (attempt: number) => Promise<T>): Promise<T> {
    return outlasting(
      (attempt) => {
        this.checkOpen();
        return work(attempt);
      },
      { unreachableMs: this.unreachableMs, signal: this.#closed.signal },
    );
  }

  checkOpen(): void {
    if (this.isClosed) throw refusal('Closed', 'this catalog was closed');
  }

  close(): void {
    this.#closed.abort();
    this.#gateway.close();
  }

  async #asked(transaction: Transaction): Promise<TransactionAnswer> {
    const mark = this.#seen.mark();
    const answer = transactionAnswer(await this.#gateway.call('/v3/kv/txn', transactionBody(transaction)));
    const { clusterId, revision } = answer.header;
    // A transaction that was done has found the lineage that it was to find.
    const found = answer.ranges[0]?.found.find(({ key }) => key === this.keys.lineage);
    const text = found?.value ?? (answer.succeeded && transaction.compare.length > 0 ? this.#lineageText : undefined);
    if (text === undefined && mark === undefined) return answer;
    this.#seen.take({ lineage: text === undefined ? '' : `${lineageIn(text)}@${clusterId}`, revision }, mark);
    this.#lineageText = text ?? this.#lineageText;
    return answer;
  }

  /** Of those who make it at the same time one does. */
  async #make(): Promise<void> {
    const { lineage, head } = this.keys;
    const text = JSON.stringify({ schema, lineage: crypto.randomUUID() });
    const body = transactionBody({
      compare: [{ key: lineage, target: 'CREATE', value: 0 }],
      success: [
        { type: 'put', key: lineage, value: text },
        { type: 'put', key: head, value: '' },
      ],
      failure: [],
    });
    await this.#gateway.call('/v3/kv/txn', body);
  }
}

export interface Page {
  readonly found: readonly KeyValue[];
  readonly revision: number;
}

export interface Granted {
  readonly lease: string;
  readonly expiresAt: string;
}

/** As many as are likely to have the length of a page. */
function nextLimit(found: readonly KeyValue[]): number {
  const bytes = found.reduce((sum, { value }) => sum + value.length, 0) + 1;
  return Math.max(1, Math.min(longestPage, 4 * found.length, Math.ceil((pageBytes * found.length) / bytes)));
}

function checkVersion(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [least, leastMinor] = oldestVersion;
  if (major > least || (major === least && minor >= leastMinor)) return;
  throw refusal('WeakServer', `an etcd of 3.4 or later is needed, and this is ${version}`, {
    setting: 'version',
    found: version,
    needed: '3.4',
  });
}

/** `IndexCorrupt` for what no catalog wrote, `SchemaVersionUnsupported` for what a newer one did. */
export function lineageIn(text: string): string {
  const { schema: version, lineage } = (jsonIn(text) ?? {}) as { readonly schema?: unknown; readonly lineage?: unknown };
  if (typeof version === 'number' && version > schema)
    throw refusal('SchemaVersionUnsupported', `the catalog in the etcd has version ${version}, and this package knows ${schema}`, {
      found: version,
      supported: schema,
    });
  if (version === schema && typeof lineage === 'string') return lineage;
  throw refusal('IndexCorrupt', 'what is under the prefix is not the catalog of a fleet', { path: 'lineage', reason: 'no lineage' });
}
