import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { defaultDisk } from '../../src/disk/real-disk.js';
import { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import { known } from '../known.js';
import { modelEntry } from '../world.js';
import { withEachStep } from './disks.js';
import { start } from './start.js';

/** What each line of a trace has to look like to be what a scenario names; the steps of the disk or the calls of the system. */
const inSteps: Readonly<Record<string, RegExp>> = {
  'write the temp': /^Write .*\/catalog\.json\.[^/]+\.tmp$/,
  'sync the temp': /^Sync .*\/catalog\.json\.[^/]+\.tmp$/,
  'publish the generation': /^Publish .*\.tmp -> .*\/generations\/models\/2$/,
  'look for the predecessor': /^Stat .*\/generations\/models\/1$/,
  'sync the directory of the generations': /^SyncDirectory .*\/generations\/models$/,
  'rename the temp over the index': /^Rename .*\.tmp -> .*\/catalog\.json$/,
  'remove the temp': /^RemoveFile .*\.tmp$/,
  'sync the root': /^SyncDirectory .*\/root$/,
  acknowledge: /^acknowledged$/,
};
const inCalls: Readonly<Record<string, RegExp>> = {
  'create the temp, exclusively': /openat\(.*\/catalog\.json\.[^/]+\.tmp", .*O_CREAT\|O_EXCL.*O_NOFOLLOW/,
  'sync the temp': /fsync\(.*\/catalog\.json\.[^/]+\.tmp>/,
  'publish the generation': /link(at)?\(.*\.tmp", .*\/generations\/models\/2"/,
  'sync the directory of the generations': /fsync\(.*\/generations\/models>/,
  'rename the temp over the index': /rename(at2?)?\(.*\.tmp", .*\/catalog\.json"/,
  'remove the temp': /unlink(at)?\(.*\.tmp"/,
  'sync the root': /fsync\(.*\/root>/,
  acknowledge: /write\(3<.*"ack /,
};
const tracer = 'strace';
const traced = 'trace=fsync,fdatasync,link,linkat,rename,renameat,renameat2,openat,unlink,unlinkat,write';

export interface Trace {
  readonly lines: readonly string[];
  readonly names: Readonly<Record<string, RegExp>>;
}

/** The steps of a put on a root that has one model. */
export async function stepsOfPut(root: string): Promise<Trace> {
  await firstPut(root);
  const lines: string[] = [];
  const disk = withEachStep(defaultDisk, (step, paths) => {
    lines.push(paths.describe(step));
    return undefined;
  });
  const store = await FsCatalog.open({ root, disk });
  await store.models.put(modelEntry('second'));
  lines.push('acknowledged');
  await store.close();
  return { lines, names: inSteps };
}

export function whyNoCallsAreTraced(): string | undefined {
  const { status, error } = spawnSync(tracer, ['-f', '-o', '/dev/null', 'true']);
  if (status === 0) return undefined;
  return `${tracer} is not there, or may not trace: ${error?.message ?? `status ${status}`}`;
}

/** The system calls of a put by another process, each where it ended. */
export async function callsOfPut(root: string, log: string): Promise<Trace> {
  await firstPut(root);
  const under = [tracer, '-f', '-y', '-s', '300', '-e', traced, '-o', log];
  await start({ role: 'writer', root, changes: [{ type: 'put', entry: modelEntry('second') }] }, { under }).ended;
  return { lines: finished((await readFile(log, 'utf8')).split('\n')), names: inCalls };
}

/** The first of these that does not come after those before it; `undefined` where all do. */
export function firstOutOfOrder({ lines, names }: Trace, wanted: readonly string[]): string | undefined {
  let from = 0;
  for (const name of wanted) {
    const pattern = known(names, name);
    const at = lines.findIndex((line, place) => place >= from && pattern.test(line));
    if (at === -1) return name;
    from = at + 1;
  }
  return undefined;
}

async function firstPut(root: string): Promise<void> {
  const store = await FsCatalog.open({ root });
  await store.models.put(modelEntry('first'));
  await store.close();
}

/** Calls of several threads: one that another interrupts is written in two parts, and counts where it ended. */
function finished(lines: readonly string[]): readonly string[] {
  const begun = new Map<string, string>();
  return lines.flatMap((line) => {
    const thread = line.split(' ', 1)[0] ?? '';
    if (line.endsWith('<unfinished ...>')) {
      begun.set(thread, line.slice(0, -'<unfinished ...>'.length));
      return [];
    }
    const rest = /<\.\.\. \w+ resumed>(.*)$/.exec(line)?.[1];
    return [rest === undefined ? line : `${begun.get(thread) ?? ''}${rest}`];
  });
}
