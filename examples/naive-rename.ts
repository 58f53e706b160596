import type { Counterexample, CrashExperiment, Disk, DiskProgram, Handle, Step, StepResults } from 'catalog-core/sim';
import { CrashExplorer, run, SimulatedDisk, tracing } from 'catalog-core/sim';

// Two ways to replace a file, each crashed everywhere: npm run build && node build/examples/naive-rename.js

type Save = (text: string) => DiskProgram<unknown>;
const [folder, path, temp] = ['/data', '/data/settings', '/data/settings.tmp'];

/** One step as a program: what the disk answers has the type that belongs to the step. */
function* take<S extends Step>(step: S): DiskProgram<StepResults[S['op']]> {
  return (yield step) as StepResults[S['op']];
}

function* writeTemp(text: string): DiskProgram<Handle> {
  const bytes = new TextEncoder().encode(text);
  const handle = yield* take({ op: 'open', kind: 'Open', path: temp, access: 'create' });
  for (let at = 0; at < bytes.length; ) {
    at += yield* take({ op: 'write', kind: 'Write', handle, chunks: [bytes.subarray(at)], position: at });
  }
  return handle;
}

function* saveNaively(text: string): DiskProgram<void> {
  const handle = yield* writeTemp(text);
  yield* take({ op: 'close', kind: 'Close', handle });
  yield* take({ op: 'rename', kind: 'Rename', from: temp, to: path });
}

function* saveDurably(text: string): DiskProgram<void> {
  const handle = yield* writeTemp(text);
  yield* take({ op: 'sync', kind: 'Sync', handle });
  yield* take({ op: 'close', kind: 'Close', handle });
  yield* take({ op: 'rename', kind: 'Rename', from: temp, to: path });
  yield* syncFolder();
}

function* syncFolder(): DiskProgram<void> {
  const handle = yield* take({ op: 'open', kind: 'Open', path: folder, access: 'directory' });
  yield* take({ op: 'sync', kind: 'SyncDirectory', handle });
  yield* take({ op: 'close', kind: 'Close', handle });
}

/** What the next process does: a temp that was left goes, and nothing is shown that a power cut could still take back. */
function* load(): DiskProgram<string> {
  const left = yield* take({ op: 'stat', kind: 'Stat', path: temp, follow: false });
  if (left !== undefined) yield* take({ op: 'unlink', kind: 'RemoveFile', path: temp });
  yield* syncFolder();
  const [handle, into] = [yield* take({ op: 'open', kind: 'Open', path, access: 'read' }), new Uint8Array(100)];
  const count = yield* take({ op: 'read', kind: 'Read', handle, into, position: 0 });
  yield* take({ op: 'close', kind: 'Close', handle });
  return JSON.stringify(new TextDecoder().decode(into.subarray(0, count)));
}

const experiment = (save: Save): CrashExperiment<Disk> => ({
  disk: () => new SimulatedDisk({ chunkBytes: 4 }).plant(path, 'old text'),
  prepare: async (disk) => disk,
  act: (disk) => run(save('new text'), disk),
  recover: (disk) => run(load(), disk),
});

/** The same events once more, with every step, and with what the power cut did to what was pending. */
function story({ events, complaint }: Counterexample, save: Save): string {
  const lines: string[] = [];
  let disk = experiment(save).disk();
  for (const event of events) {
    if (event.do === 'cut') {
      const { choice } = event;
      const fateOf = (index: number): string => (typeof choice === 'string' ? choice : (choice[index] ?? 'lost'));
      lines.push('the power fails', ...disk.pending().map(({ index, description }) => `  ${description}: ${fateOf(index)}`));
      disk = disk.crash(choice);
    } else if (event.do !== 'read') {
      const [program, told] = [event.do === 'act' ? save('new text') : load(), tracing(disk, ({ step }) => lines.push(step))];
      let next = program.next();
      for (let nth = 1; nth !== event.until && !next.done; nth++) next = program.next(told.perform(next.value));
    }
  }
  return [...lines, complaint].map((line) => `  ${line}`).join('\n');
}

const lengthOf = ({ events, complaint }: Counterexample): number => 1000 * events.length + complaint.length;

for (const save of [saveNaively, saveDurably]) {
  const explorer = new CrashExplorer({ failures: Number.POSITIVE_INFINITY });
  await explorer.explore(save.name, experiment(save));
  const [shortest] = explorer.failures.toSorted((a, b) => lengthOf(a) - lengthOf(b));
  const verdict = shortest ? `${explorer.failures.length} counterexamples; the shortest:` : 'none of them illegal';
  console.log(`${save.name}: ${explorer.states.size} states met, ${verdict}`);
  if (shortest !== undefined) console.log(story(shortest, save));
}
