import { contextOf, type Disk } from '../../src/disk/program.js';
import type { Step } from '../../src/disk/steps.js';
import { HandlePaths, whenPerformed } from '../interrupt/disks.js';

/** What a disk does instead of a step: gives an answer without doing anything, or does another step. */
export type Instead = { readonly answer: unknown } | { readonly step: Step } | undefined;

/** A disk that does something else for some steps; `told` knows by which path a handle was opened. */
export function instead(choose: (step: Step, told: HandlePaths) => Instead): (disk: Disk) => Disk {
  return (disk) => {
    const told = new HandlePaths();
    return {
      ...contextOf(disk),
      perform: (step) => {
        const other = choose(step, told);
        if (other !== undefined && 'answer' in other) return other.answer;
        const asked = other?.step ?? step;
        return whenPerformed(disk, asked, (result) => told.note(asked, result));
      },
    };
  };
}

export const nothing: Instead = { answer: undefined };

/** The error of a disk, as programs see it. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

export const isTemp = (path: string): boolean => path.endsWith('.tmp');
export const isIngest = (path: string): boolean => /\/ingest\/[^/]+$/.test(path);
export const isGenerations = (path: string): boolean => /\/generations\/(models|engines)$/.test(path);
