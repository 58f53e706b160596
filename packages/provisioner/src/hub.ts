import { basename } from 'node:path/posix';
import { CatalogError, formatModelRef, type ModelRef } from 'catalog-core';
import { judgeAnswer } from './answers.js';
import { pauseAfter } from './backoff.js';
import { type Answer, isNetworkTrouble } from './connections.js';
import { asTyped, type RemoteFile, type Transfer } from './download.js';
import { chosenFrom, type HubFile, shardsOf } from './hub-files.js';
import { shownUrl } from './shown-url.js';

type HubRef = Extract<ModelRef, { kind: 'hf' }>;

/** What a reference means on the hub: the files, and the one to open; without one it is the directory. */
export interface RemoteModel {
  readonly name: string;
  readonly main?: string;
  readonly files: readonly RemoteFile[];
}

const mostListedBytes = 64 * 1024 * 1024;

/**
 * The files behind a reference to the hub. One that names a file needs no listing; for any other the repository is listed, and all files
 * are of the commit that is listed.
 */
export async function onHub(ref: HubRef, endpoint: string, transfer: Transfer): Promise<RemoteModel> {
  const { path, quant, repo } = ref;
  if (path !== undefined && /\.[A-Za-z0-9]+$/.test(path)) {
    const files = shardsOf(path).map((one) => remoteAt(ref, endpoint, { path: one }));
    return { name: repo, main: basename(path), files: files.map((file) => ({ ...file, name: basename(file.name) })) };
  }
  const { commit, files } = await listed(ref, endpoint, transfer);
  const folder = path === undefined ? undefined : files.some((file) => file.path === path) ? '' : path;
  if (folder === '') return single(ref, endpoint, files.find((file) => file.path === path) ?? { path: path ?? '' }, commit);
  const chosen = chosenFrom(files, { ref: formatModelRef(ref), ...(folder && { folder }), ...(quant && { quant }) });
  const inside = (name: string): string =>
    chosen.main === undefined ? name.slice(folder === undefined ? 0 : folder.length + 1) : basename(name);
  return {
    name: folder === undefined ? repo : basename(folder),
    ...(chosen.main !== undefined && { main: basename(chosen.main) }),
    files: chosen.files.map((file) => ({ ...remoteAt(ref, endpoint, file, commit), name: inside(file.path) })),
  };
}

function single(ref: HubRef, endpoint: string, file: HubFile, commit: string | undefined): RemoteModel {
  const name = basename(file.path);
  return { name: ref.repo, main: name, files: [{ ...remoteAt(ref, endpoint, file, commit), name }] };
}

function remoteAt(ref: HubRef, endpoint: string, { path, ...known }: HubFile, commit?: string): RemoteFile {
  const at = (revision: string): string =>
    `${endpoint}/${repositoryOf(ref)}/resolve/${encodeURIComponent(revision)}/${path.split('/').map(encodeURIComponent).join('/')}`;
  return { url: at(commit ?? ref.revision ?? 'main'), isHub: true, name: path, ...known, pinned: at };
}

const repositoryOf = ({ org, repo }: HubRef): string => [...(org === undefined ? [] : [org]), repo].map(encodeURIComponent).join('/');

async function listed(ref: HubRef, endpoint: string, transfer: Transfer): Promise<{ commit: string | undefined; files: HubFile[] }> {
  const url = `${endpoint}/api/models/${repositoryOf(ref)}/revision/${encodeURIComponent(ref.revision ?? 'main')}?blobs=true`;
  return listingIn(await textAt(url, transfer), shownUrl(url));
}

/** What a listing says; `IoError` for what is none. Names are untrusted: one that leads out of its folder is refused. */
export function listingIn(text: string, url: string): { commit: string | undefined; files: HubFile[] } {
  const found = parsed(text);
  const { sha, siblings } = found ?? {};
  if (!Array.isArray(siblings)) throw odd(url, 'it lists no files');
  const commit = typeof sha === 'string' && /^[0-9a-f]{40}$/.test(sha) ? sha : undefined;
  return { commit, files: siblings.map((one: unknown) => fileIn(one, url)) };
}

function fileIn(one: unknown, url: string): HubFile {
  const { rfilename, size, blobId, lfs } = (typeof one === 'object' && one !== null ? one : {}) as Record<string, unknown>;
  if (typeof rfilename !== 'string' || !isInner(rfilename)) throw odd(url, 'it names a file that is not inside its repository');
  const { sha256 } = (typeof lfs === 'object' && lfs !== null ? lfs : {}) as Record<string, unknown>;
  const isHex = (value: unknown, length: number): value is string =>
    typeof value === 'string' && value.length === length && /^[0-9a-f]+$/.test(value);
  return {
    path: rfilename,
    ...(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 && { size }),
    ...(isHex(sha256, 64) && { sha256 }),
    // Git names what is stored in it; of a large file that is the pointer.
    ...(lfs === undefined && isHex(blobId, 40) && { gitSha1: blobId }),
  };
}

/** A path of plain names that stays where it is. */
export function isInner(path: string): boolean {
  const parts = path.split('/');
  return path.length <= 1024 && parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\:\p{Cc}]/u.test(part));
}

function parsed(text: string): { readonly sha?: unknown; readonly siblings?: unknown } | undefined {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === 'object' && found !== null ? found : undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

const odd = (url: string, why: string): CatalogError =>
  new CatalogError('IoError', `${url} answered what cannot be used: ${why}`, { url, reason: 'answer' });

/** A small answer, with the same patience as for large ones. */
async function textAt(url: string, transfer: Transfer): Promise<string> {
  const { connections, authorization, mostFailures, pause, random, tell, clock } = transfer;
  const signal = transfer.signal ?? new AbortController().signal;
  const shown = shownUrl(url);
  for (let failures = 1; ; failures++) {
    const got = await tried(async () => {
      const answer = await connections.get(url, { authorization, signal });
      const judged = judgeAnswer(answer, undefined, {}, { url: shown, isHub: true, nowMs: clock() });
      if (judged.kind === 'whole') return wholeText(answer, shown);
      answer.leave();
      if (judged.kind === 'refused') throw judged.error;
      return judged.kind === 'trouble' ? { why: judged.why, waitMs: judged.waitMs } : { why: 'it answered with a part', waitMs: undefined };
    }, shown);
    if (typeof got === 'string') return got;
    if (failures > mostFailures)
      throw new CatalogError('IoError', `${shown} could not be asked: ${got.why}, ${failures} times in a row`, {
        url: shown,
        reason: 'unreachable',
        failures,
      });
    const pause_ms = pauseAfter(failures, random(), got.waitMs);
    tell({ type: 'retrying', url: shown, why: got.why, failures, pause_ms });
    await pause(pause_ms, signal);
  }
}

type Tried = string | { readonly why: string; readonly waitMs: number | undefined };

async function tried(work: () => Promise<Tried>, shown: string): Promise<Tried> {
  try {
    return await work();
  } catch (error) {
    if (isNetworkTrouble(error)) return { why: `the network said ${error.code}`, waitMs: undefined };
    throw asTyped(error, shown);
  }
}

async function wholeText(answer: Answer, url: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer.body) {
    bytes += chunk.byteLength;
    if (bytes > mostListedBytes) throw odd(url, `it is longer than ${mostListedBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
