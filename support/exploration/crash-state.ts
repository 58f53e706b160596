import { contextOf } from '../../src/disk/program.js';
import { recordAct, recordProcess } from '../../src/sim/crash/recording.js';
import { type CrashEvent, type CrashExperiment, type Disk, describeStep, type SimulatedDisk, type Step } from '../../src/sim/index.js';
import { HandlePaths } from '../interrupt/disks.js';

interface CrashedFile {
  readonly path: string;
  readonly bytes: number;
  /** How it begins, where the crash made another of it. */
  readonly text?: string;
}

/** One power cut, as the page of a trace draws it. */
export interface CrashState {
  readonly before: readonly CrashedFile[];
  readonly after: readonly CrashedFile[];
  readonly steps: readonly string[];
  /** The number of the first of them, and how many follow on the last. */
  readonly first: number;
  readonly more: number;
  /** So many of these were taken. */
  readonly cut: number;
  /** What ended the process. */
  readonly end: 'power cut' | 'kill';
  readonly replay?: string;
}

/** A process that was ended before its step after these. */
interface Stopped {
  readonly disk: SimulatedDisk;
  readonly steps: readonly string[];
  readonly taken: number;
}

/** Each power cut of a story, the last last; where nothing but a process was ended, that. */
export async function crashStatesOf<S>(
  experiment: CrashExperiment<S>,
  [first, ...rest]: readonly CrashEvent[],
  replay: string | undefined,
): Promise<CrashState[]> {
  const { acted, before, now: began } = await stoppedAct(experiment, first);
  const told = (from: SimulatedDisk, to: SimulatedDisk, now: Stopped, end: CrashState['end']): CrashState => ({
    ...trees(from, to),
    ...aroundCut(now),
    end,
    ...(replay !== undefined && { replay }),
  });
  const states: CrashState[] = [];
  let now = began;
  for (const event of rest) {
    if (event.do === 'cut') {
      const after = now.disk.crash(event.choice);
      states.push(told(now.disk, after, now, 'power cut'));
      now = { disk: after, steps: [], taken: 0 };
    } else now = await stoppedAfter(experiment, event, now, states.length);
  }
  return states.length > 0 || acted === 0 ? states : [told(before, began.disk, began, 'kill')];
}

/** A power cut in the middle of the act that loses much, for those who wonder what such a cut is. */
export async function tellingCut<S>(experiment: CrashExperiment<S>): Promise<readonly CrashEvent[]> {
  const disk = experiment.disk();
  const { points } = await recordAct(disk, experiment.prepare, experiment.act, experiment);
  const pending = points.map((point) => ({ point, count: point.disk.crashStates().pending.length }));
  const most = pending.reduce((one, other) => (other.count > one.count ? other : one));
  const choice = [...most.point.disk.crashStates({ limit: 12 })].at(-1)?.choice ?? 'lost';
  return [
    { do: 'act', until: most.point.step },
    { do: 'cut', choice },
  ];
}

async function stoppedAct<S>(experiment: CrashExperiment<S>, first: CrashEvent | undefined) {
  const disk = experiment.disk();
  const log = new StepLog();
  const prepare = async (process: Disk): Promise<S> => {
    const session = await experiment.prepare(log.watching(process));
    log.steps.length = 0;
    return session;
  };
  const { before, points } = await recordAct(disk, prepare, experiment.act, experiment);
  const until = first?.do === 'act' ? first.until : undefined;
  const point = points.find(({ step }) => step === until) ?? points.at(-1);
  const now: Stopped = { disk: point?.disk ?? disk, steps: log.steps, taken: (point?.step ?? log.steps.length + 1) - 1 };
  return { acted: points.length, before, now };
}

async function stoppedAfter<S>(
  { read, recover, unread }: CrashExperiment<S>,
  event: Exclude<CrashEvent, { readonly do: 'cut' }>,
  now: Stopped,
  depth: number,
): Promise<Stopped> {
  const disk = now.disk.fork();
  if (event.do === 'read') {
    if (read !== undefined) await recordProcess(disk, read, { role: 'read', unread });
    return { ...now, disk };
  }
  const log = new StepLog();
  const watching = { role: 'recover', depth, keepsPoints: true, unread } as const;
  const { points } = await recordProcess(disk, (process) => recover(log.watching(process)), watching);
  const until = event.do === 'recover' ? event.until : undefined;
  const point = points.find(({ step }) => step === until) ?? points.at(-1);
  return { disk: point?.disk ?? disk, steps: log.steps, taken: (point?.step ?? log.steps.length + 1) - 1 };
}

/** What a process asked of its disk, in words, with the files that it meant. */
class StepLog {
  readonly steps: string[] = [];
  readonly #paths = new HandlePaths();

  watching(disk: Disk): Disk {
    return {
      ...contextOf(disk),
      perform: (step) => {
        this.steps.push(this.#inWords(step));
        const result = disk.perform(step);
        if (!(result instanceof Promise)) {
          this.#paths.note(step, result);
          return result;
        }
        return result.then((given) => {
          this.#paths.note(step, given);
          return given;
        });
      },
    };
  }

  #inWords(step: Step): string {
    const named = describeStep(step).replace(
      /^(\w+) (?:close|sync|lock|unlock|stat-handle)? ?#\d+/,
      (_, kind: string) => `${kind} ${this.#paths.of(step)}`,
    );
    return shortened(named);
  }
}

const [mostBefore, mostAfter] = [24, 12];

function aroundCut({ steps, taken }: Stopped): Pick<CrashState, 'steps' | 'first' | 'more' | 'cut'> {
  const from = Math.max(0, taken - mostBefore);
  const shown = steps.slice(from, taken + mostAfter);
  return { steps: shown, first: from + 1, more: steps.length - from - shown.length, cut: taken - from };
}

type Tree = ReturnType<SimulatedDisk['snapshotTree']>;

function trees(from: SimulatedDisk, to: SimulatedDisk): Pick<CrashState, 'before' | 'after'> {
  const [before, after] = [from.snapshotTree(), to.snapshotTree()];
  return { before: filesIn(before, after), after: filesIn(after, before) };
}

function filesIn(tree: Tree, other: Tree): CrashedFile[] {
  return [...tree].flatMap(([path, found]): CrashedFile[] => {
    if (found.type !== 'file') return [];
    const there = other.get(path);
    const isSame = there?.type === 'file' && Buffer.compare(there.bytes, found.bytes) === 0;
    const file = { path: shortened(path), bytes: found.bytes.byteLength };
    return [isSame ? file : { ...file, text: beginningOf(found.bytes) }];
  });
}

function beginningOf(bytes: Uint8Array): string {
  const some = Buffer.from(bytes.subarray(0, 72)).toString('latin1');
  return some.replaceAll(/[^ -~]/g, '·');
}

/** Without the folder that all is in, and names that are drawn by their beginning. */
function shortened(text: string): string {
  return text.replaceAll('/home/user/', '').replaceAll(/[A-Za-z0-9_-]{22}(?=\.tmp)/g, (drawn) => `${drawn.slice(0, 4)}…`);
}
