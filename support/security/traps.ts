import childProcess from 'node:child_process';
import dgram from 'node:dgram';
import dns from 'node:dns';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../checks/sources.js';

/** What was caught: the function, and the place from which it was called. */
export interface Caught {
  readonly called: string;
  readonly by: string;
}

/** CAT-SEC-6001: what reaches out of a process. */
const reaching: readonly (readonly [module: object, names: readonly string[]])[] = [
  [net, ['connect', 'createConnection', 'createServer']],
  [tls, ['connect', 'createServer']],
  [http, ['request', 'get', 'createServer']],
  [https, ['request', 'get', 'createServer']],
  [dns, ['lookup', 'resolve', 'resolve4', 'resolve6', 'reverse']],
  [dgram, ['createSocket']],
  [childProcess, ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']],
  [globalThis, ['fetch', 'WebSocket']],
];

/** What may reach, each in its own way: servers of fleets, and the kit that starts the store under test. */
const mayReach = ['stores/postgres', 'stores/etcd', 'conformance'];
/** The folders of what the library depends on. */
const dependencies = runtimeDependencies(JSON.parse(readFileSync(`${projectRoot}/package-lock.json`, 'utf8')));

const caught: Caught[] = [];
let areSet = false;

/** All that was caught in this process since it began. */
export const allCaught = (): readonly Caught[] => caught;

/**
 * From now on a call that reaches out of the process throws where the library, or what it depends on, makes it; tests, and what they use, may
 * reach as ever.
 */
export function setTraps(tell: (one: Caught) => void = () => {}): void {
  if (areSet) return;
  areSet = true;
  for (const [module, names] of reaching) for (const name of names) trap(module as Record<string, unknown>, name, tell);
  syncBuiltinESMExports();
}

function trap(module: Record<string, unknown>, name: string, tell: (one: Caught) => void): void {
  const original = module[name];
  if (typeof original !== 'function') return;
  const trapped = function (this: unknown, ...given: unknown[]): unknown {
    const by = forbiddenCaller(stackOf(trapped));
    if (by === undefined) return new.target ? Reflect.construct(original, given, new.target) : Reflect.apply(original, this, given);
    const one: Caught = { called: name, by };
    caught.push(one);
    tell(one);
    throw new Error(`${by} reaches outside: ${name}`);
  };
  // Whatever hangs on it (util.promisify.custom) hangs on it still.
  Object.defineProperties(trapped, Object.getOwnPropertyDescriptors(original));
  module[name] = trapped;
}

const roots = ['src', 'dist', 'build/src'].map((folder) => `${projectRoot}/${folder}/`);

/** The first of those who called that must not; `undefined` where nobody did. */
export function forbiddenCaller(stack: readonly string[]): string | undefined {
  for (const place of stack) {
    const file = place.startsWith('file:') ? decodeURIComponent(new URL(place).pathname) : place;
    // What a fetcher does that somebody gave is its own.
    if (file.startsWith(`${projectRoot}/packages/`)) return undefined;
    const root = roots.find((one) => file.startsWith(one));
    if (root !== undefined) return mayReach.some((part) => file.startsWith(`${root}${part}/`)) ? undefined : file;
    const installed = file.slice(file.indexOf('/node_modules/') + 1);
    if (dependencies.some((folder) => installed.startsWith(`${folder}/`))) return file;
  }
  return undefined;
}

interface LockFile {
  readonly packages: Readonly<
    Record<string, { readonly dependencies?: Record<string, string>; readonly optionalDependencies?: Record<string, string> }>
  >;
}

/** What is installed with the library wherever it is, by the folders of the lock file. */
function runtimeDependencies({ packages }: LockFile): readonly string[] {
  const found = new Set<string>();
  const reach = (names: Readonly<Record<string, string>> = {}): void => {
    for (const folder of Object.keys(names).map((name) => `node_modules/${name}`)) {
      if (found.has(folder) || packages[folder] === undefined) continue;
      found.add(folder);
      reach({ ...packages[folder].dependencies, ...packages[folder].optionalDependencies });
    }
  };
  // Of the library itself: the packages on top of it have others.
  reach(packages['']?.dependencies);
  return [...found];
}

/** The files of those who called, the nearest first. */
function stackOf(above: (...given: never[]) => unknown): readonly string[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.stackTraceLimit = 50;
  Error.prepareStackTrace = (_, sites) => sites.map((site) => site.getFileName() ?? '');
  const told: { stack?: unknown } = {};
  Error.captureStackTrace(told, above);
  const files = told.stack as readonly string[];
  Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  return files;
}

/** What a process is started with that shall be trapped from its beginning. */
export const trappedFromTheBeginning = [
  '--import',
  `${pathToFileURL(join(projectRoot, 'build/support/security/trapped.js')).href}?preloaded`,
];
