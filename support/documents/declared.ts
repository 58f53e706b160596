import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { declareShared } from '../../src/cli/options.js';
import { verbs } from '../../src/cli/verbs.js';
import { projectRoot } from '../checks/sources.js';

/** What is wrong with a command that a document shows; `undefined` where there is nothing to say. */
export async function complaintOf(
  command: readonly string[],
  document: string,
  otherPrograms: readonly string[],
): Promise<string | undefined> {
  const [program = '', ...words] = command;
  if (program === 'catalog') return catalogComplaint(words);
  if (program === 'catalog-provision') return provisionComplaint(words);
  if (program === 'npm') return npmComplaint(words, document);
  if (program === 'node') return existsSync(join(projectRoot, words[0] ?? '')) ? undefined : `there is no ${words[0]}`;
  return otherPrograms.includes(program) ? undefined : `nobody knows ${program}`;
}

/** By what the verb itself declares, without doing it. */
async function catalogComplaint(words: readonly string[]): Promise<string | undefined> {
  const shared = new Command('catalog')
    .exitOverride()
    .enablePositionalOptions()
    .passThroughOptions()
    .allowUnknownOption()
    .configureOutput({ outputError: () => {} });
  declareShared(shared);
  if (words[0] === '--help' || words[0] === '--version') return undefined;
  const { operands, unknown } = shared.parseOptions([...words]);
  const rest = [...operands, ...unknown];
  const listed = verbs.find(({ name, load }) => load && (name === rest[0] || name === rest.slice(0, 2).join(' ')));
  if (listed?.load === undefined) return `there is no verb ${rest[0]}`;
  const verb = new Command(listed.name).exitOverride().configureOutput({ outputError: () => {}, writeOut: () => {} });
  (await listed.load()).declare(verb);
  declareShared(verb);
  verb.action(() => {});
  try {
    await verb.parseAsync(rest.slice(listed.name.split(' ').length), { from: 'user' });
    return undefined;
  } catch (error) {
    const { exitCode, message } = error as { exitCode?: number; message: string };
    return exitCode === 0 ? undefined : message;
  }
}

/** By its help; brackets around what may be left out are none of its words. */
function provisionComplaint(words: readonly string[]): string | undefined {
  const [verb = '', ...rest] = words.map((word) => word.replaceAll(/[[\]…]/g, ''));
  const told = spawnSync(process.execPath, [join(projectRoot, 'packages/provisioner/dist/cli/main.js'), verb, '--help'], {
    encoding: 'utf8',
  });
  if (told.status !== 0) return `there is no verb ${verb}`;
  const unknown = rest.filter((word) => word.startsWith('-') && !told.stdout.includes(word));
  return unknown.length > 0 ? `${verb} does not take ${unknown.join(', ')}` : undefined;
}

/** Its own verbs are its own; a script is one of the project, or of the folder of the document. */
function npmComplaint([verb = '', script = '']: readonly string[], document: string): string | undefined {
  if (['ci', 'cit', 'install', 'link'].includes(verb)) return undefined;
  const name = verb === 'run' ? script : verb === 'test' ? 'test' : undefined;
  const places = [projectRoot, join(projectRoot, dirname(document)), join(projectRoot, 'bench')];
  return name !== undefined && places.some((place) => name in scriptsIn(place)) ? undefined : `there is no script ${script || verb}`;
}

function scriptsIn(folder: string): Readonly<Record<string, string>> {
  const path = join(folder, 'package.json');
  return existsSync(path) ? ((JSON.parse(readFileSync(path, 'utf8')) as { scripts?: Record<string, string> }).scripts ?? {}) : {};
}
