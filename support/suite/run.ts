import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../checks/sources.js';
import { isCommand } from '../is-command.js';
import { EtcdServer } from '../servers/etcd.js';
import { PostgresServer } from '../servers/postgres.js';
import { NoServer, type Server } from '../servers/server.js';

/** Explorations make much that is soon forgotten: room for that, in each process that runs scenarios, and in none that a scenario starts. */
const cucumber = ['--max-semi-space-size=64', join(projectRoot, 'node_modules/@cucumber/cucumber/bin/cucumber.js')];
const catalog = join(projectRoot, 'dist/cli/main.js');
const closingLine = 'reports/closing-line.txt';

/** Our stores; those on a server are put to the test where there is one. */
const stores = ['memory', 'fs', 'journal'];
const onServers = [
  { store: 'postgres', variable: 'CATALOG_TEST_POSTGRES', begin: (): Promise<Server> => PostgresServer.begin() },
  { store: 'etcd', variable: 'CATALOG_TEST_ETCD', begin: (): Promise<Server> => EtcdServer.begin() },
];

/** What comes after the scenarios; each of it must end well, and all of it is done whatever came before. */
const afterwards: readonly (() => Promise<number>)[] = [
  // Which steps nobody uses can be told only where every scenario was to run.
  async () => Math.max(...(await Promise.all([ended([...cucumber, '--profile', 'plan']), conformance()]))),
  () => ended([catalog, 'trace', 'report', '--quiet']),
  () => ended([catalog, 'trace', 'gate']),
];

/**
 * The test command: the scenarios, then the conformance of our own stores, then the reports of what is proved and the judgement of
 * that; in the end the closing line of the scenarios. Of a part of the scenarios nothing is judged.
 */
async function suite(given: readonly string[]): Promise<number> {
  if (given[0] === '--quick') return ended([...cucumber, '--profile', 'quick', ...given.slice(1)]);
  const isFull = given[0] === '--full';
  const parts = isFull ? given.slice(1) : given;
  const all = isFull ? parts : ['--tags', 'not @full', '--parallel', '2', ...parts];
  if (parts.length > 0) return ended([...cucumber, '--profile', 'part', ...all]);
  rmSync(join(projectRoot, closingLine), { force: true });
  const codes = [await ended([...cucumber, ...all, '--format-options', JSON.stringify({ closingLine })])];
  for (const next of afterwards) codes.push(await next());
  process.stdout.write(existsSync(closingLine) ? readFileSync(closingLine, 'utf8') : '0 passed, 1 failed\n');
  return codes.find((code) => code !== 0) ?? 0;
}

async function conformance(): Promise<number> {
  const servers: Server[] = [];
  const [names, urls] = [[...stores], {} as Record<string, string>];
  try {
    for (const { store, variable, begin } of onServers) {
      const server = await unlessNone(begin, store);
      if (server === undefined) continue;
      servers.push(server);
      names.push(store);
      urls[variable] = server.url;
    }
    return await ended([catalog, 'conformance', '--store', names.join(','), '--quiet'], urls);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

async function unlessNone(begin: () => Promise<Server>, store: string): Promise<Server | undefined> {
  try {
    return await begin();
  } catch (error) {
    if (!(error instanceof NoServer)) throw error;
    console.log(`skipped: the conformance of ${store}: ${error.message}`);
    return undefined;
  }
}

/** The exit code of a command of Node; without one 1. */
function ended(command: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<number> {
  const child = spawn(process.execPath, command, { cwd: projectRoot, stdio: 'inherit', env: { ...process.env, ...variables } });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

if (isCommand(import.meta.url)) process.exitCode = await suite(process.argv.slice(2));
