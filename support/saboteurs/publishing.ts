import { contextOf, type Disk, type DiskProgram } from '../../src/disk/program.js';
import type { Handle, Step } from '../../src/disk/steps.js';
import type { DiskSaboteur, ProgramSaboteur } from './saboteur.js';
import { codeOf, instead, isTemp, nothing } from './wrapping.js';

const privateMode = 0o600;
const isIndex = (path: string): boolean => /\/(catalog|engines)\.json$/.test(path);

const shortWriteIgnored: DiskSaboteur = {
  name: 'short write ignored',
  breaks: 'CAT-IDX-1103',
  by: 'fault',
  does: 'However few bytes the disk takes, all count as written.',
  wrap: believingWrites,
};

const modeNotChanged: DiskSaboteur = {
  name: 'mode not changed',
  breaks: 'CAT-IDX-1103',
  by: 'scenario',
  does: 'Published files keep the mode of a temp, and can be written.',
  wrap: instead((step, told) => (step.op === 'change-mode' && isTemp(told.of(step)) ? nothing : undefined)),
};

const inPlace: ProgramSaboteur = {
  name: 'in place',
  breaks: 'CAT-IDX-1103',
  by: 'scenario',
  does: 'The index is written over instead of being replaced, and with it the generation of which it is a second name.',
  rewrite: writingInPlace,
};

const unlinkThenRename: DiskSaboteur = {
  name: 'unlink, then rename',
  breaks: 'CAT-IDX-1103',
  by: 'scenario',
  does: 'The index is removed before its successor is put in its place.',
  wrap: removingFirst,
};

const publishedBeforeWritten: ProgramSaboteur = {
  name: 'published before the write ends',
  breaks: 'CAT-IDX-1103',
  by: 'crash',
  does: 'A temp gets its public name while its bytes are still to come.',
  rewrite: publishingFirst,
};

const takenIsWon: DiskSaboteur = {
  name: 'EEXIST on publish taken for success',
  breaks: 'CAT-IDX-1104',
  by: 'schedule',
  does: 'A name that another writer has counts as won.',
  wrap: believingLinks,
};

const overwritingPublish: DiskSaboteur = {
  name: 'a published name is overwritten',
  breaks: 'CAT-LCK-1203',
  by: 'schedule',
  does: 'A generation is published over the one that another writer published.',
  wrap: instead((step) =>
    step.op === 'link' && step.kind === 'Publish' ? { step: { op: 'rename', kind: 'Publish', from: step.from, to: step.to } } : undefined,
  ),
};

const tempLeftBehind: DiskSaboteur = {
  name: 'temp left behind',
  breaks: 'CAT-IDX-1113',
  by: 'fault',
  does: 'A temp that is given up stays.',
  wrap: instead((step) => (step.op === 'unlink' && isTemp(step.path) ? nothing : undefined)),
};

export const publishingSaboteurs = [
  shortWriteIgnored,
  modeNotChanged,
  inPlace,
  unlinkThenRename,
  publishedBeforeWritten,
  takenIsWon,
  overwritingPublish,
  tempLeftBehind,
];

function believingWrites(disk: Disk): Disk {
  return {
    ...contextOf(disk),
    perform: (step) => {
      const answer = disk.perform(step);
      if (step.op !== 'write') return answer;
      const asked = step.chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
      return answer instanceof Promise ? answer.then(() => asked) : asked;
    },
  };
}

function removingFirst(disk: Disk): Disk {
  return {
    ...contextOf(disk),
    perform: (step) => {
      const replaces = step.op === 'rename' && isIndex(step.to) && disk.perform({ op: 'stat', kind: 'Stat', path: step.to, follow: false });
      if (step.op === 'rename' && replaces) disk.perform({ op: 'unlink', kind: 'RemoveFile', path: step.to });
      return disk.perform(step);
    },
  };
}

function believingLinks(disk: Disk): Disk {
  return {
    ...contextOf(disk),
    perform: (step) => {
      const believed = (error: unknown): undefined => {
        if (step.kind !== 'Publish' || codeOf(error) !== 'EEXIST') throw error;
      };
      try {
        const answer = disk.perform(step);
        return answer instanceof Promise ? answer.catch(believed) : answer;
      } catch (error) {
        return believed(error);
      }
    },
  };
}

function* writingInPlace<T>(program: DiskProgram<T>): DiskProgram<T> {
  let next = program.next();
  while (!next.done) {
    const step = next.value;
    let answer: unknown;
    try {
      answer = step.op === 'rename' && isIndex(step.to) ? yield* overwrite(step.from, step.to) : yield step;
    } catch (error) {
      next = program.throw(error);
      continue;
    }
    next = program.next(answer);
  }
  return next.value;
}

function* overwrite(from: string, to: string): DiskProgram<undefined> {
  const source = (yield { op: 'open', kind: 'Open', path: from, access: 'read' }) as Handle;
  const { size } = (yield { op: 'stat-handle', kind: 'Stat', handle: source }) as { size: number };
  const bytes = new Uint8Array(size);
  yield { op: 'read', kind: 'Read', handle: source, into: bytes, position: 0 };
  yield { op: 'close', kind: 'Close', handle: source };
  const target = (yield { op: 'open', kind: 'Open', path: to, access: 'update-or-create', mode: privateMode }) as Handle;
  yield { op: 'truncate', kind: 'Truncate', handle: target, size: 0 };
  yield { op: 'write', kind: 'Write', handle: target, chunks: [bytes], position: 0 };
  yield { op: 'close', kind: 'Close', handle: target };
  yield { op: 'unlink', kind: 'RemoveFile', path: from };
  return undefined;
}

/** Holds back what is written to a temp, and syncing it, until it is published. */
function* publishingFirst<T>(program: DiskProgram<T>): DiskProgram<T> {
  let temp: Handle | undefined;
  let size = 0;
  const late: Step[] = [];
  let next = program.next();
  while (!next.done) {
    const step = next.value;
    let answer: unknown;
    try {
      const isLate = 'handle' in step && step.handle === temp && (step.op === 'write' || step.op === 'sync');
      if (isLate) late.push(step);
      else answer = yield step;
      if (step.op === 'open' && step.access === 'create' && isTemp(step.path)) temp = answer as Handle;
      if (step.op === 'write' && isLate) answer = step.chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
      if (step.op === 'write' && isLate) size = step.position + (answer as number);
      if (step.op === 'stat-handle' && step.handle === temp && late.length > 0) answer = { ...(answer as object), size };
      if (step.kind === 'Publish') for (const held of late.splice(0)) yield held;
    } catch (error) {
      next = program.throw(error);
      continue;
    }
    next = program.next(answer);
  }
  return next.value;
}
