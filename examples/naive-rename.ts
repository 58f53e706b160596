import type { Counterexample, CrashExperiment, Disk, DiskProgram, Handle } from 'catalog-core/sim';
import {
  CrashExplorer,
  close,
  createExclusive,
  openDirectory,
  openFile,
  read,
  rename,
  run,
  SimulatedDisk,
  stat,
  sync,
  tracing,
  unlink,
  write,
} from 'catalog-core/sim';

// Two ways to replace a file, each crashed everywhere: npm run build && node build/examples/naive-rename.js

type Save = (text: string) => DiskProgram<unknown>;
const [folder, path, temp] = ['/data', '/data/settings', '/data/settings.tmp'];

function* writeTemp(text: string): DiskProgram<Handle> {
  const bytes = new TextEncoder().encode(text);
  const handle = yield* createExclusive(temp, 0o600);
  for (let at = 0; at < bytes.length; ) {
    at += yield* write(handle, [bytes.subarray(at)], at);
  }
  return handle;
}

function* saveNaively(text: string): DiskProgram<void> {
  const handle = yield* writeTemp(text);
  yield* close(handle);
  yield* rename(temp, path);
}

function* saveDurably(text: string): DiskProgram<void> {
  const handle = yield* writeTemp(text);
  yield* sync(handle);
  yield* close(handle);
  yield* rename(temp, path);
  yield* syncFolder();
}

function* syncFolder(): DiskProgram<void> {
  const handle = yield* openDirectory(folder);
  yield* sync(handle, 'SyncDirectory');
  yield* close(handle);
}

/** What the next process does: a temp that was left goes, and nothing is shown that a power cut could still take back. */
function* load(): DiskProgram<string> {
  const left = yield* stat(temp);
  if (left !== undefined) yield* unlink(temp);
  yield* syncFolder();
  const [handle, into] = [yield* openFile(path), new Uint8Array(100)];
  const count = yield* read(handle, into, 0);
  yield* close(handle);
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
