import { basename } from 'node:path';
import { contextOf, type Disk } from '../../src/disk/program.js';
import type { Step } from '../../src/disk/steps.js';
import { HandlePaths, whenPerformed } from '../interrupt/disks.js';

/** What a process does in an experiment. */
export type Part = 'act' | 'read' | 'recover';

interface Correction {
  readonly parts: readonly Part[];
  /** Whether a step, which touches this path, is left out as if it had been done; `isClaim` when a claim was written there. */
  readonly leavesOut: (step: Step, path: string, isClaim: boolean) => boolean;
}

const all: readonly Part[] = ['act', 'read', 'recover'];
const isGenerations = (path: string): boolean => /\/generations(\/|$)/.test(path);
const isIngest = (path: string): boolean => path.includes('/ingest/');
const isFolderSync = (step: Step): boolean => step.kind === 'SyncDirectory';

/** Parts of the commit protocol, each of which was found to be needed; left out, some history loses what was promised. */
export const corrections = {
  'syncs of temps': { parts: all, leavesOut: (step, path) => step.kind === 'Sync' && basename(path).endsWith('.tmp') },
  'durable folders': { parts: all, leavesOut: (step, path) => isFolderSync(step) && !isGenerations(path) },
  'the sync that ends a commit': { parts: ['act'], leavesOut: (step, path) => isFolderSync(step) && isGenerations(path) },
  'syncs of readers': { parts: ['read'], leavesOut: isFolderSync },
  'syncs of readers and openers': { parts: ['read', 'recover'], leavesOut: isFolderSync },
  'syncs of blobs': { parts: all, leavesOut: (step, path, isClaim) => step.kind === 'Sync' && isIngest(path) && !isClaim },
  'syncs of claims': { parts: all, leavesOut: (step, path, isClaim) => step.kind === 'Sync' && isIngest(path) && isClaim },
} as const satisfies Readonly<Record<string, Correction>>;

export type CorrectionName = keyof typeof corrections;

/** The disk as a process sees it that does without a correction. */
export function without(name: CorrectionName | undefined, part: Part, disk: Disk): Disk {
  const correction: Correction | undefined = name && corrections[name];
  if (!correction?.parts.includes(part)) return disk;
  const paths = new HandlePaths();
  const claims = new Set<string>();
  return {
    ...contextOf(disk),
    perform: (step) => {
      const path = paths.of(step);
      if (step.op === 'write' && Buffer.concat(step.chunks).includes('catalog-core/claim')) claims.add(path);
      if (correction.leavesOut(step, path, claims.has(path))) return undefined;
      return whenPerformed(disk, step, (result) => paths.note(step, result));
    },
  };
}
