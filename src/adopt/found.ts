import { sep } from 'node:path';
import type { Digest } from '../core/digest.js';
import type { CatalogError } from '../core/errors.js';
import type { Problem } from '../core/problem.js';

/** CAT-ADO-2201: whose stores can be adopted. */
export const adoptedTools = ['hugging-face', 'ollama', 'lm-studio', 'llama-cpp', 'oci-layout', 'directory'] as const;
/** A tool whose store can be adopted. */
export type AdoptedTool = (typeof adoptedTools)[number];

/** What a name, a manifest or a tree of the tool says that the content is: a hint, until the bytes were hashed. */
export interface Promised {
  readonly sha256?: Digest;
  /** The SHA-1 by which Git names a blob, in hex: the hub names small files so. */
  readonly gitBlob?: string;
}

export interface AdoptableFile {
  /** Inside the model; below its folder the file has this name. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly promised: Promised;
}

/** A model that lies in another tool's store, whole as far as names and sizes tell. */
export interface Candidate {
  readonly id: string;
  /** Where it came from, in the form of a reference. */
  readonly source: string;
  readonly ref?: string;
  /** Absolute; each file is at its name below it. */
  readonly folder: string;
  readonly files: readonly AdoptableFile[];
}

/** What lies in a place: each thing that was met is a candidate or a problem (CAT-ADO-2202), and `scanned` is how many they are. */
export interface Found {
  readonly candidates: readonly Candidate[];
  readonly problems: readonly Problem[];
  readonly scanned: number;
}

/** What a reader has met so far. */
export class Findings {
  readonly candidates: Candidate[] = [];
  readonly problems: Problem[] = [];

  /** Both are absolute and without links: what is read lies below `place`, and what lies in `own`, the catalog's root, is left out. */
  constructor(
    readonly place: string,
    readonly own?: string,
  ) {}

  problem(path: string, code: Problem['code'], message: string): void {
    this.problems.push({ path, code, message });
  }

  /** The same, of the model that something would be, where that is known. */
  problemOf(id: string | undefined, path: string, { code, message }: Pick<CatalogError, 'code' | 'message'>): void {
    this.problems.push({ ...(id !== undefined && { id }), path, code, message });
  }

  /** Whether a path, without links, is the catalog's own. */
  isOwn(path: string): boolean {
    return this.own !== undefined && isWithin(path, this.own);
  }

  get found(): Found {
    const { candidates, problems } = this;
    return { candidates, problems, scanned: candidates.length + problems.length };
  }
}

/** Whether a path is a folder or lies in it; both are absolute and without links. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
