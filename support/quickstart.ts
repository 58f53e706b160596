import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { dir } from 'tmp-promise';
import { writeGguf } from './gguf.js';
import { start } from './interrupt/start.js';
import { modelEntry } from './model-entry.js';

/**
 * The main job on a real file, as a user meets it: `npm run quickstart [path of a model]`. Works in a folder of its own, which
 * is removed at the end; exits with 1 when anything is not as it says.
 */
const command = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));

async function quickstart(given: string | undefined): Promise<void> {
  const folder = await dir({ unsafeCleanup: true, prefix: 'catalog-quickstart-' });
  try {
    const root = join(folder.path, 'models');
    const model = given === undefined ? await madeModel(folder.path) : resolve(given);
    say('Add a model: its bytes are hashed on their way in, synced, and only then recorded.');
    catalog(root, 'add', model, '--id', 'quickstart');
    say('Verify it: every byte is read again.');
    catalog(root, 'verify', 'quickstart');
    say('Find it.');
    catalog(root, 'ls');
    catalog(root, 'locate', 'quickstart');
    say('Now the worst moment: a writer is killed (SIGKILL) when its new index is published and not yet durable.');
    await killedWriter(root);
    say('Nothing is lost: the next process opens without help.');
    catalog(root, 'ls');
    catalog(root, 'verify', 'quickstart');
  } finally {
    await folder.cleanup();
  }
}

async function madeModel(folder: string): Promise<string> {
  const path = join(folder, 'quickstart.Q4_K_M.gguf');
  await writeGguf(path, { megabytes: 8 });
  return path;
}

async function killedWriter(root: string): Promise<void> {
  const writer = start({
    role: 'writer',
    root,
    changes: [{ type: 'put', entry: modelEntry('written-by-the-killed-one') }],
    plan: { act: 'die', at: { type: 'matching', kind: 'Publish', nth: 1, when: 'after' } },
  });
  const { killedAt, acknowledged } = await writer.ended;
  print(
    `  process ${writer.pid} was killed ${killedAt?.when} “${killedAt?.what.replaceAll(root, 'models')}”; it had been told nothing (${acknowledged.length} acknowledgements)`,
  );
}

/** Runs the command as a user would, and shows it. */
function catalog(root: string, ...words: readonly string[]): void {
  print(styleText('bold', `  $ catalog ${words.join(' ')}`));
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, '--root', root, ...words], { encoding: 'utf8' });
  for (const line of `${stdout}${stderr}`.split('\n').filter((text) => text !== '')) print(`    ${line}`);
  if (status !== 0) throw new Error(`catalog ${words.join(' ')} ended with ${status}`);
}

function say(text: string): void {
  print(`\n${text}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const [given] = process.argv.slice(2);
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (given !== undefined && !existsSync(given)) {
    print(`${given} is not there`);
    process.exitCode = 2;
  } else await quickstart(given);
}
