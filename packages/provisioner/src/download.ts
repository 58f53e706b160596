// Over 300 lines: one download: every answer that it may meet, and what it does then.
import fs from 'node:fs';
import { CatalogError, type Progress } from 'catalog-core';
import { type Described, type Headers, type Judged, judgeAnswer } from './answers.js';
import { pauseAfter } from './backoff.js';
import { type Answer, type Connections, isNetworkTrouble } from './connections.js';
import type { EventListener } from './events.js';
import { finishedAt, PartFile, type PartState } from './part-file.js';
import { type Pace, PaceMeter } from './rate.js';
import { shownUrl } from './shown-url.js';
import { missingSpans, type Span } from './spans.js';

/** A file that is somewhere else, and what is known of it before it is asked for. */
export interface RemoteFile {
  readonly url: string;
  /** Whether what a hub says of its files is to be believed. */
  readonly isHub: boolean;
  /** Under which name it is to be, inside its model. */
  readonly name: string;
  readonly size?: number;
  readonly sha256?: string;
  readonly gitSha1?: string;
  /** Where to ask for the same content once its commit is known. */
  readonly pinned?: (commit: string) => string;
}

/** How a fetch stands; without a pace it is the catalog that reads what came. */
export interface DownloadProgress extends Progress, Partial<Pace> {}

export interface Transfer {
  readonly connections: Connections;
  readonly authorization: (url: URL) => string | undefined;
  /** How many requests at a time a large file is fetched by. */
  readonly parallel: number;
  /** The length of what is asked for at a time, in bytes. */
  readonly spanBytes: number;
  /** How much may be lost by a kill, in bytes of each download. */
  readonly keepBytes: number;
  /** How many failures in a row, without a byte between them, are too many. */
  readonly mostFailures: number;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
  readonly clock: () => number;
  readonly tell: EventListener;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Before the first byte is written, where it is known how many there will be: throws where there is no room. */
  readonly checkRoom: (needed: number) => Promise<void>;
}

/** What was downloaded, as its bytes were read again in the end. */
export interface Downloaded {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly commit?: string | undefined;
  /** Whether an origin or the caller said what it must be, and it is that. */
  readonly isVouchedFor: boolean;
}

const mostBeginnings = 3;

/**
 * Downloads a file to its place, by what is missing of it: what a cut, a kill or a power cut left of an earlier download is kept where the
 * origin says that the content is still the same. Nothing bears its name before all of it is there, durable, and found to be what was said.
 */
export async function download(
  remote: RemoteFile,
  places: { readonly part: string; readonly target: string },
  transfer: Transfer,
): Promise<Downloaded> {
  const finished = await finishedBefore(remote, places, transfer.signal);
  if (finished !== undefined) return finished;
  const part = await PartFile.open(places.part);
  try {
    return await new Download(remote, part, transfer).run(places.target);
  } finally {
    await part.close();
  }
}

/**
 * What is there already, where it is what it was found to be, and nothing says that it should be something else. What is not loses its name:
 * it is never written to.
 */
async function finishedBefore(
  remote: RemoteFile,
  places: { readonly part: string; readonly target: string },
  signal: AbortSignal | undefined,
): Promise<Downloaded | undefined> {
  const there = await finishedAt(places, signal);
  const isAny = (...said: readonly (readonly [string | undefined, string | undefined])[]): boolean =>
    said.some(([wanted, is]) => wanted !== undefined && wanted !== is);
  if (there !== undefined && !isAny([there.found, there.sha256], [remote.sha256, there.sha256], [remote.gitSha1, there.gitSha1])) {
    const { sha256, bytes, commit, vouched } = there;
    return { path: places.target, bytes, sha256, commit, isVouchedFor: vouched !== undefined || remote.sha256 !== undefined };
  }
  await fs.promises.rm(places.target, { force: true });
  return undefined;
}

/** It is not what was begun: all of it is to be fetched again. */
class BeginAgain extends Error {
  readonly inOrder: boolean;
  /** It was cut where it cannot go on: that counts as a failure, and says nothing of the content. */
  readonly isCut: boolean;
  constructor(why: string, options: { readonly inOrder: boolean; readonly isCut?: boolean }) {
    super(why);
    [this.inOrder, this.isCut] = [options.inOrder, options.isCut ?? false];
  }
}

class Download {
  readonly #remote: RemoteFile;
  readonly #part: PartFile;
  readonly #transfer: Transfer;
  readonly #shown: string;
  readonly #pace = new PaceMeter();
  readonly #began: number;
  /** What is being fetched now. */
  readonly #errands = new Set<Errand>();
  #failures = 0;
  #requests = 0;
  /** The server gives no ranges that can be used: one request from the first byte to the last. */
  #inOrder = false;
  #wasBegun: boolean;

  constructor(remote: RemoteFile, part: PartFile, transfer: Transfer) {
    [this.#remote, this.#part, this.#transfer] = [remote, part, transfer];
    this.#shown = shownUrl(remote.url);
    this.#began = transfer.clock();
    this.#wasBegun = part.bytes > 0;
  }

  async run(target: string): Promise<Downloaded> {
    await this.#beginOrGoOn();
    for (let beginnings = 1; ; ) {
      try {
        await this.#fetchAll();
        return await this.#finish(target);
      } catch (error) {
        if (!(error instanceof BeginAgain)) throw await this.#kept(error);
        if (!error.isCut && beginnings++ === mostBeginnings)
          throw new CatalogError('IoError', `${this.#shown} was not the same twice: ${error.message}`, {
            url: this.#shown,
            reason: 'changed',
          });
        this.#transfer.tell({ type: 'restarted', url: this.#shown, why: error.message });
        this.#inOrder = error.inOrder;
        await this.#begin();
      }
    }
  }

  /** What is there is of use where it is known what it is of. */
  async #beginOrGoOn(): Promise<void> {
    const { size, sha256, gitSha1 } = this.#remote;
    const { state } = this.#part;
    const differs = (a: unknown, b: unknown): boolean => a !== undefined && b !== undefined && a !== b;
    const isOther = differs(state.size, size) || differs(state.sha256, sha256) || differs(state.gitSha1, gitSha1);
    const isKnown = [state.validator, state.sha256, sha256, state.gitSha1, gitSha1].some((one) => one !== undefined);
    if (isOther || !isKnown) await this.#begin();
    else this.#know(saidOf(this.#remote));
    if (this.#wasBegun) this.#transfer.tell({ type: 'resumed', url: this.#shown, bytes: this.#part.bytes });
  }

  /** Nothing of it is there, and known of it is what was known before it was asked for. */
  async #begin(): Promise<void> {
    this.#wasBegun = false;
    await this.#part.begin();
    this.#know(saidOf(this.#remote));
  }

  #know(more: PartState): void {
    this.#part.state = { ...this.#part.state, ...more };
  }

  /** The first request tells how much there is; the others are for what it leaves. */
  async #fetchAll(): Promise<void> {
    const controller = new AbortController();
    const stop = (): void => controller.abort();
    this.#transfer.signal?.addEventListener('abort', stop);
    if (this.#transfer.signal?.aborted) stop();
    const workers: Promise<void>[] = [];
    const start = (): void => {
      const work = this.#work(controller.signal, () => {
        while (workers.length < this.#transfer.parallel && this.#next() !== undefined) start();
      });
      workers.push(work.catch((error: unknown) => this.#stopped(error, controller)));
    };
    start();
    for (let place = 0; place < workers.length; place++) await workers[place];
    this.#transfer.signal?.removeEventListener('abort', stop);
    if (this.#transfer.signal?.aborted) throw new CatalogError('Aborted', 'the download was stopped', {}, this.#transfer.signal.reason);
    if (controller.signal.aborted) throw controller.signal.reason;
  }

  #stopped(error: unknown, controller: AbortController): void {
    // The first one says why: what the others meet comes of it.
    if (!controller.signal.aborted) controller.abort(error);
  }

  /** Fetches one span after the other until none is left. */
  async #work(signal: AbortSignal, onKnown: () => void): Promise<void> {
    for (let span = this.#next(); span !== undefined; span = this.#next()) {
      const errand = { ...span };
      this.#errands.add(errand);
      try {
        await this.#bring(errand, signal, onKnown);
      } finally {
        this.#errands.delete(errand);
      }
    }
  }

  /** The next span that nobody fetches. Of a file of which nobody knows how long it is, all, once. */
  #next(): Span | undefined {
    const { state, spans } = this.#part;
    const longest = this.#inOrder ? Number.MAX_SAFE_INTEGER : this.#transfer.spanBytes;
    if (state.size === undefined) return this.#errands.size > 0 ? undefined : { from: spans[0]?.from === 0 ? spans[0].to : 0, to: longest };
    const taken = [...spans, ...this.#errands].sort((a, b) => a.from - b.from);
    return missingSpans(taken, state.size, longest)[0];
  }

  /** One errand, by as many requests as it takes. */
  async #bring(errand: Errand, signal: AbortSignal, onKnown: () => void): Promise<void> {
    while (errand.from < errand.to) {
      const before = errand.from;
      const trouble = await this.#request(errand, signal, onKnown);
      if (trouble === 'all') return;
      if (errand.from > before && this.#canGoOn()) this.#failures = 0;
      if (trouble !== undefined) await this.#pauseAfter(trouble, signal);
    }
  }

  /** One request: what went wrong, if anything did; `all` where the whole file came. */
  async #request(errand: Errand, signal: AbortSignal, onKnown: () => void): Promise<Trouble | 'all' | undefined> {
    let answer: Answer;
    try {
      this.#requests++;
      const { connections, authorization } = this.#transfer;
      answer = await connections.get(this.#url(), { headers: this.#headers(errand), authorization, signal });
    } catch (error) {
      return troubleOf(error, signal);
    }
    const { size, validator } = this.#part.state;
    const context = { url: this.#shown, isHub: this.#remote.isHub, nowMs: this.#transfer.clock() };
    const judged = judgeAnswer(answer, this.#inOrder ? undefined : errand, { size, validator }, context);
    try {
      return await this.#take(judged, errand, answer, signal, onKnown);
    } catch (error) {
      return troubleOf(error, signal);
    } finally {
      answer.leave();
    }
  }

  async #take(
    judged: Judged,
    errand: Errand,
    answer: Answer,
    signal: AbortSignal,
    onKnown: () => void,
  ): Promise<Trouble | 'all' | undefined> {
    switch (judged.kind) {
      case 'refused':
        throw judged.error;
      case 'trouble':
        return { why: judged.why, waitMs: judged.waitMs };
      case 'changed':
        throw new BeginAgain('its content has changed since it was begun', { inOrder: this.#inOrder });
      case 'unranged':
        throw new BeginAgain('it answered with other bytes than those that were asked for', { inOrder: true });
      case 'whole':
        return this.#takeWhole(judged, errand, answer, signal);
      case 'span':
        await this.#learn(judged.size, judged.described);
        errand.to = Math.min(errand.to, judged.size);
        onKnown();
        await this.#receive(answer, errand, judged.span.to, signal);
        return errand.from < errand.to ? { why: 'it sent less than was asked for', waitMs: 0 } : undefined;
    }
  }

  async #takeWhole(judged: Extract<Judged, { kind: 'whole' }>, errand: Errand, answer: Answer, signal: AbortSignal): Promise<'all'> {
    const { size, described } = judged;
    const hasBegun = this.#part.bytes > 0;
    this.#inOrder = hasBegun || !judged.takesRanges;
    if (hasBegun) await this.#startOver(described);
    if (!judged.endIsTold && this.#expected() === undefined && described.sha256 === undefined) {
      const details = { url: this.#shown, reason: 'no-end' };
      throw new CatalogError('IoError', `${this.#shown} does not tell where it ends, which a cut looks like: say its digest`, details);
    }
    await this.#learn(size, described);
    const end = this.#part.state.size;
    [errand.from, errand.to] = [0, end ?? Number.MAX_SAFE_INTEGER];
    if (end !== 0) await this.#receive(answer, errand, errand.to, signal);
    if (!end) await this.#part.end(this.#part.bytes);
    return 'all';
  }

  /** A server that gives all of it although a part was asked for: what others fetch is in the way. */
  async #startOver(described: Described): Promise<void> {
    if (this.#errands.size > 1) throw new BeginAgain('it gives the whole file only', { inOrder: true });
    this.#transfer.tell({ type: 'restarted', url: this.#shown, why: 'it gives the whole file only' });
    await this.#begin();
    this.#know(described);
  }

  /** Remembers, durably, what is fetched, before the first byte of it. */
  async #learn(size: number | undefined, described: Described): Promise<void> {
    const { state } = this.#part;
    const expected = this.#remote.sha256;
    if (expected !== undefined && described.sha256 !== undefined && described.sha256 !== expected)
      throw mismatch(this.#shown, expected, described.sha256, size ?? 0);
    if (size !== undefined && state.size !== undefined && size !== state.size)
      throw new BeginAgain('its size has changed', { inOrder: this.#inOrder });
    if (state.validator !== undefined || this.#part.bytes > 0) return;
    if (size !== undefined) await this.#transfer.checkRoom(size);
    this.#know({ ...described, ...(expected !== undefined && { sha256: expected }), ...(size !== undefined && { size }) });
    await this.#part.keep();
  }

  async #receive(answer: Answer, errand: Errand, to: number, signal: AbortSignal): Promise<void> {
    for await (const chunk of answer.body) {
      if (signal.aborted) throw signal.reason;
      if (errand.from + chunk.byteLength > to) throw new BeginAgain('it sent more than it said', { inOrder: true });
      await this.#part.write(chunk, errand.from);
      errand.from += chunk.byteLength;
      this.#progress();
      if (this.#part.unkept >= this.#transfer.keepBytes) await this.#part.keep();
    }
    if (to !== Number.MAX_SAFE_INTEGER && errand.from < to) throw new ShortBody();
  }

  #progress(): void {
    const { bytes, state } = this.#part;
    const pace = this.#pace.observe(bytes, this.#transfer.clock(), state.size);
    this.#transfer.onProgress?.({ path: this.#remote.name, bytes, total_bytes: state.size ?? bytes, ...pace });
  }

  #url(): string {
    const { commit } = this.#part.state;
    return commit !== undefined && this.#remote.pinned ? this.#remote.pinned(commit) : this.#remote.url;
  }

  #headers({ from, to }: Span): Headers & Record<string, string> {
    if (this.#inOrder) return {};
    const { etag, validator } = this.#part.state;
    // Of a hub the hash says more, and its storage has tags of its own.
    const condition = from > 0 && etag !== undefined && etag === validator ? { 'if-range': etag } : undefined;
    const last = to === Number.MAX_SAFE_INTEGER ? '' : String(to - 1);
    return { range: `bytes=${from}-${last}`, ...condition };
  }

  async #pauseAfter({ why, waitMs }: Trouble, signal: AbortSignal): Promise<void> {
    const { tell, mostFailures, pause, random } = this.#transfer;
    this.#failures++;
    if (this.#failures > mostFailures) {
      const said = `${this.#shown} could not be fetched: ${why}, ${this.#failures} times in a row`;
      throw new CatalogError('IoError', said, {
        url: this.#shown,
        reason: 'unreachable',
        failures: this.#failures,
        bytes: this.#part.bytes,
      });
    }
    const pauseMs = pauseAfter(this.#failures, random(), waitMs);
    tell({ type: 'retrying', url: this.#shown, why, failures: this.#failures, pause_ms: pauseMs });
    await pause(pauseMs, signal);
    if (this.#part.bytes > 0 && !this.#canGoOn()) throw new BeginAgain(why, { inOrder: this.#inOrder, isCut: true });
  }

  /** Not where the server gives no parts, nor where nothing would tell that the rest is of other content. */
  #canGoOn(): boolean {
    return !this.#inOrder && (this.#part.state.validator !== undefined || this.#expected() !== undefined);
  }

  #expected(): string | undefined {
    const { sha256, gitSha1 } = this.#part.state;
    return sha256 ?? gitSha1;
  }

  /** The bytes are read again, from the disk: these are what is vouched for. */
  async #finish(target: string): Promise<Downloaded> {
    const { state, bytes } = this.#part;
    const { sha256, gitSha1 } = await this.#part.digests(this.#transfer.signal);
    const isGood = [
      [state.sha256, sha256],
      [state.gitSha1, gitSha1],
    ].every(([said, is]) => said === undefined || said === is);
    if (!isGood) {
      // What came by several requests may have been put together wrongly.
      if (this.#wasBegun || this.#requests > 1) {
        this.#wasBegun = false;
        this.#requests = 0;
        throw new BeginAgain('what came is not what it should be', { inOrder: true });
      }
      await this.#part.begin();
      const [expected, actual] =
        state.gitSha1 !== undefined && state.gitSha1 !== gitSha1
          ? [`git ${state.gitSha1}`, `git ${gitSha1}`]
          : [state.sha256 ?? '', sha256];
      throw mismatch(this.#shown, expected, actual, bytes);
    }
    await this.#part.publish(target, { found: sha256, ...(this.#expected() !== undefined && { vouched: 'yes' }) });
    const duration_ms = this.#transfer.clock() - this.#began;
    this.#transfer.tell({ type: 'fetched', url: this.#shown, bytes, requests: this.#requests, duration_ms });
    return { path: target, bytes, sha256, commit: state.commit, isVouchedFor: this.#expected() !== undefined };
  }

  /** What has come is kept for the next time, where the disk lets us; the error is told in any case. */
  async #kept(error: unknown): Promise<unknown> {
    if (this.#part.unkept > 0) await this.#part.keep().catch(() => undefined);
    return asTyped(error, this.#shown);
  }
}

function saidOf({ size, sha256, gitSha1 }: RemoteFile): PartState {
  return { ...(size !== undefined && { size }), ...(sha256 !== undefined && { sha256 }), ...(gitSha1 !== undefined && { gitSha1 }) };
}

/** What one request after the other is to bring: its beginning moves on as bytes come. */
interface Errand {
  from: number;
  to: number;
}

interface Trouble {
  readonly why: string;
  readonly waitMs: number | undefined;
}

class ShortBody extends Error {}

/** What may go well another time; anything else is thrown on. */
function troubleOf(error: unknown, signal: AbortSignal): Trouble {
  if (signal.aborted) throw signal.reason;
  if (error instanceof ShortBody) return { why: 'it was cut', waitMs: undefined };
  if (isNetworkTrouble(error)) return { why: `the network said ${error.code}`, waitMs: undefined };
  throw error;
}

function mismatch(url: string, expected: string, actual: string, bytes: number): CatalogError {
  const named = (hex: string): string => (/^[0-9a-f]{64}$/.test(hex) ? `sha256:${hex}` : hex);
  const details = { url, expected: named(expected), actual: named(actual), bytes };
  return new CatalogError('DigestMismatch', `${url} has ${details.actual}, not ${details.expected}`, details);
}

const diskCodes: Readonly<Record<string, 'NoSpace' | 'ReadOnly' | 'PermissionDenied' | 'TooManyFiles'>> = {
  ...{ ENOSPC: 'NoSpace', EDQUOT: 'NoSpace', EFBIG: 'NoSpace', EROFS: 'ReadOnly' },
  ...{ EACCES: 'PermissionDenied', EPERM: 'PermissionDenied', EMFILE: 'TooManyFiles', ENFILE: 'TooManyFiles' },
};

/** An error of the disk or of a connection, by the closed list of codes. A mistake of ours stays one. */
export function asTyped(error: unknown, what: string): unknown {
  if (error instanceof CatalogError || !(error instanceof Error)) return error;
  if (error.name === 'AbortError') return new CatalogError('Aborted', `${what} was stopped`, {}, error);
  if (!('code' in error) || typeof error.code !== 'string') return error;
  const { code } = error;
  return new CatalogError(diskCodes[code] ?? 'IoError', `${what} could not be fetched: ${code}`, { errno: code, what }, error);
}
