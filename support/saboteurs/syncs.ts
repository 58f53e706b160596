import { contextOf, type DiskProgram } from '../../src/disk/program.js';
import type { Step, SyncStep } from '../../src/disk/steps.js';
import type { DiskSaboteur, ProgramSaboteur } from './saboteur.js';
import { instead, isGenerations, isIngest, nothing } from './wrapping.js';

const isIndexFile = (path: string): boolean => /\.json\.[^/]+\.tmp$/.test(path);

const noFileSync: DiskSaboteur = {
  name: 'no file sync',
  breaks: 'CAT-IDX-1103',
  by: 'crash',
  does: 'The bytes of a temp are not synced before it is published.',
  wrap: instead((step, told) => (step.op === 'sync' && isIndexFile(told.of(step)) ? nothing : undefined)),
};

const noDirectorySync: DiskSaboteur = {
  name: 'no directory sync',
  breaks: 'CAT-IDX-1103',
  by: 'crash',
  does: 'The name of a generation is not durable when it is acknowledged.',
  wrap: instead((step, told) => (step.kind === 'SyncDirectory' && isGenerations(told.of(step)) ? nothing : undefined)),
};

const foldersNotDurable: DiskSaboteur = {
  name: 'folders not durable',
  breaks: 'CAT-IDX-1103',
  by: 'crash',
  does: 'The folders of a new root are not durable in their parents.',
  wrap: instead((step, told) => (step.kind === 'SyncDirectory' && !isGenerations(told.of(step)) ? nothing : undefined)),
};

const blobNotSynced: DiskSaboteur = {
  name: 'blob not synced',
  breaks: 'CAT-BLB-2102',
  by: 'crash',
  does: 'The bytes of a blob are not synced before a record names them.',
  wrap: instead((step, told) => (step.op === 'sync' && isIngest(told.of(step)) ? nothing : undefined)),
};

const retriedSync: ProgramSaboteur = {
  name: 'retry of a failed sync',
  breaks: 'CAT-IDX-1113',
  by: 'fault',
  does: 'A sync that failed is tried once more, and believed.',
  rewrite: retrying,
};

const syncAfterLink: ProgramSaboteur = {
  name: 'sync after link',
  breaks: 'CAT-IDX-1103',
  by: 'crash',
  does: 'A temp is published first and synced afterwards.',
  rewrite: syncingLate,
};

const refusedSyncPassedOver: DiskSaboteur = {
  name: 'a refused sync of a directory is passed over',
  breaks: 'CAT-SIM-5006',
  by: 'fault',
  does: 'Who is told that his change is there is not told that a directory could not be synced.',
  wrap: (disk) => ({
    ...contextOf(disk),
    perform: (step) => {
      if (step.kind !== 'SyncDirectory') return disk.perform(step);
      try {
        const answer = disk.perform(step);
        return answer instanceof Promise ? answer.catch(() => undefined) : answer;
      } catch {
        return undefined;
      }
    },
  }),
};

export const syncSaboteurs = [
  refusedSyncPassedOver,
  noFileSync,
  noDirectorySync,
  foldersNotDurable,
  blobNotSynced,
  retriedSync,
  syncAfterLink,
];

function* retrying<T>(program: DiskProgram<T>): DiskProgram<T> {
  let next = program.next();
  while (!next.done) {
    const step = next.value;
    let answer: unknown;
    try {
      answer = step.op === 'sync' ? yield* twice(step) : yield step;
    } catch (error) {
      next = program.throw(error);
      continue;
    }
    next = program.next(answer);
  }
  return next.value;
}

function* twice(step: Step): DiskProgram<unknown> {
  try {
    return yield step;
  } catch {
    return yield step;
  }
}

function* syncingLate<T>(program: DiskProgram<T>): DiskProgram<T> {
  let late: SyncStep | undefined;
  let next = program.next();
  while (!next.done) {
    const step = next.value;
    let answer: unknown;
    try {
      if (step.op === 'sync' && step.kind === 'Sync') late = step;
      else answer = yield step;
      if (step.kind === 'Publish' && late !== undefined) yield late;
    } catch (error) {
      next = program.throw(error);
      continue;
    }
    next = program.next(answer);
  }
  return next.value;
}
