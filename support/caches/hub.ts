import { dirname, join, relative } from 'node:path';
import { gitBlobHex, sha256Hex, type Tree } from './tree.js';

/** How the files of a revision lie: links to blobs of the repository, on to the shared store of 2.0, or the files themselves. */
type Layout = 'links' | 'shared' | 'files';

interface RevisionOf {
  readonly files: Readonly<Record<string, string | Buffer>>;
  readonly refs?: readonly string[];
  /** Whether `trees/<commit>.json` is there. */
  readonly tree?: boolean;
}

const commits = 'abcdef'.split('').map((letter) => letter.repeat(40));
export const [commitA = '', commitB = ''] = commits;

/** A repository in a cache of the hub, made from the description in hub-docs (`local-cache.md`). The commits are aaa…, bbb… */
export function hubRepository(folder: string, revisions: readonly RevisionOf[], layout: Layout = 'links'): Tree {
  const tree: Record<string, Tree[string]> = {};
  revisions.forEach((revision, place) => {
    const commit = commits[place] ?? '';
    for (const ref of revision.refs ?? []) tree[`${folder}/refs/${ref}`] = place === 0 ? commit : `${commit}\n`;
    for (const [name, content] of Object.entries(revision.files)) {
      Object.assign(tree, fileOf(folder, { path: `${folder}/snapshots/${commit}/${name}`, content, layout }));
    }
    if (revision.tree) tree[`${folder}/trees/${commit}.json`] = treeFile(revision.files);
  });
  if (layout === 'shared') tree['blobs/.huggingface-shared-blobs'] = '1\n';
  return { 'CACHEDIR.TAG': 'Signature: 8a477f597d28d172789f06886806bc55', ...tree };
}

/** Weights are in LFS, and so named by their SHA-256. */
export function blobName(path: string, content: string | Buffer): string {
  return isLarge(path) ? sha256Hex(content) : gitBlobHex(content);
}

/** Named by the Xet hash of the content, which is not its SHA-256. */
export function xetName(content: string | Buffer): string {
  return sha256Hex(`xet of ${content}`);
}

function fileOf(folder: string, { path, content, layout }: { path: string; content: string | Buffer; layout: Layout }): Tree {
  if (layout === 'files') return { [path]: content };
  const blob = `${folder}/blobs/${blobName(path, content)}`;
  const link = { link: relative(dirname(path), blob) };
  if (layout === 'links' || !isLarge(path)) return { [blob]: content, [path]: link };
  const xet = xetName(content);
  const shared = `blobs/${xet.slice(0, 2)}/${xet}`;
  return {
    [shared]: content,
    [`${shared}.refs`]: `${folder}/blobs/${sha256Hex(content)}\n`,
    [`${shared}.lock`]: '',
    [blob]: { link: join('../..', shared) },
    [path]: link,
  };
}

export function treeFile(files: Readonly<Record<string, string | Buffer>>): string {
  const entries = Object.entries(files).map(([name, content]) => {
    const size = Buffer.byteLength(content);
    const lfs = isLarge(name) ? { lfs_sha256: sha256Hex(content), lfs_size: size, xet_hash: xetName(content) } : {};
    return [name, { size, blob_id: isLarge(name) ? 'f'.repeat(40) : gitBlobHex(content), ...lfs }];
  });
  return JSON.stringify({ format_version: 1, files: Object.fromEntries(entries) });
}

function isLarge(path: string): boolean {
  return /\.(safetensors|gguf|bin)$/.test(path);
}
