import { join } from 'node:path';
import type { CatalogError } from '../core/errors.js';
import { type DiskProgram, stat } from '../disk/program.js';
import type { Findings, Promised } from './found.js';
import { isUnfinished } from './leftovers.js';
import { checkInside, flawOf, namesIn, type SeenFile, seenFile } from './reading.js';

/** A name below a folder: a file that may be adopted, or what is wrong with it. */
export type Member = { readonly name: string; readonly path: string } & (
  | { readonly bytes: number; readonly promised: Promised }
  | { readonly flaw: CatalogError }
);

/** What is known of a file beside its name. */
export type PromisedOf = (name: string, seen: SeenFile) => Promised;

const deepest = 32;
const most = 100_000;

/**
 * All files below a folder. Links to files are followed, links to folders are not: they may lead anywhere, in circles too, and
 * what they show inside the place is met there. Hidden names mean nothing here; what is unfinished is a problem.
 */
export function* membersBelow(findings: Findings, folder: string, promisedOf: PromisedOf): DiskProgram<Member[]> {
  const members: Member[] = [];
  const folders: { readonly path: string; readonly prefix: string; readonly depth: number }[] = [{ path: folder, prefix: '', depth: 0 }];
  for (let next = folders.shift(); next !== undefined; next = folders.shift()) {
    for (const plain of yield* namesIn(findings, next.path)) {
      const [path, name] = [join(next.path, plain), next.prefix + plain];
      if (members.length >= most) {
        findings.problem(folder, 'Unsupported', `${folder} holds more than ${most} files`);
        return members;
      }
      if (isUnfinished(plain)) findings.problem(path, 'NotFound', `${path} is a download that was not finished`);
      if (isUnfinished(plain) || plain.startsWith('.')) continue;
      const kind = yield* kindOf(findings, path);
      if (kind === 'folder' && next.depth >= deepest)
        findings.problem(path, 'Unsupported', `${path} lies more than ${deepest} folders deep`);
      else if (kind === 'folder') folders.push({ path, prefix: `${name}/`, depth: next.depth + 1 });
      else if (kind === 'file') members.push(yield* memberAt(findings, { name, path }, promisedOf));
      else if (kind !== 'nothing') members.push({ name, path, flaw: kind });
    }
  }
  return members;
}

function* kindOf(findings: Findings, path: string): DiskProgram<'folder' | 'file' | 'nothing' | CatalogError> {
  try {
    const own = yield* stat(path);
    if (own?.type === 'directory') return 'folder';
    if (own?.type !== 'symlink') return 'file';
    if ((yield* stat(path, { follow: true }))?.type !== 'directory') return 'file';
    yield* checkInside(findings, path);
    return 'nothing';
  } catch (error) {
    return flawOf(error, path);
  }
}

function* memberAt(
  findings: Findings,
  named: { readonly name: string; readonly path: string },
  promisedOf: PromisedOf,
): DiskProgram<Member> {
  try {
    const seen = yield* seenFile(findings, named.path);
    return { ...named, bytes: seen.bytes, promised: promisedOf(named.name, seen) };
  } catch (error) {
    return { ...named, flaw: flawOf(error, named.path) };
  }
}
