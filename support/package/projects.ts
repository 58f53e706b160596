import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../checks/sources.js';
import { npm, unlessNoRegistry } from './npm.js';
import { once, packed, placeOf } from './packing.js';

/** What a project has, beside what its packages bring. */
export type Kind = keyof typeof projects;

/** How a program ended, and what it said. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const compiler = ['typescript', '@types/node'];
const peers = ['@cucumber/gherkin', '@cucumber/messages', '@opentelemetry/api', 'pg', '@types/pg', 'prom-client'];

/** The projects, each installed once for all scenarios of a process, into an empty folder. */
const projects = {
  'the library': once(() => installed('library', ['catalog-core'], [])),
  'both packages': once(() => installed('both', ['catalog-core', 'catalog-core-provisioner'], compiler)),
  'the library and its peers': once(() => installed('peers', ['catalog-core'], [...compiler, ...peers])),
} as const;

/** The folder of a project in which this is installed; undefined where no registry can be reached. */
export function projectWith(kind: Kind): Promise<string | undefined> {
  return unlessNoRegistry(projects[kind]);
}

/** A copy of a project, to be changed without the others. */
export async function copyOf(project: string, folder: string): Promise<string> {
  const copy = join(folder, 'project');
  await cp(project, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

/** What may be amiss with the package of the kernel's lock, and how it is made so in a project. */
export const lockTroubles: Readonly<Record<string, (nativeLock: string) => Promise<unknown>>> = {
  'can be loaded': async () => undefined,
  'has no binary': (nativeLock) => rm(join(nativeLock, 'prebuilds'), { recursive: true }),
  'has one for another machine': async (nativeLock) => {
    for (const binary of await binariesBelow(join(nativeLock, 'prebuilds'))) await writeFile(binary, 'of another machine');
  },
  'is not installed': (nativeLock) => rm(nativeLock, { recursive: true }),
};

/** Copies a program of the fixtures into a project. */
export async function place(project: string, program: string): Promise<void> {
  await cp(join(projectRoot, 'features/fixtures/package', program), join(project, program));
}

/** Compiles a program as strictly as can be, the types of the packages too; gives what the compiler says. */
export async function compile(project: string, resolution: 'nodenext' | 'bundler', programs: readonly string[]): Promise<Ran> {
  const module = resolution === 'nodenext' ? 'nodenext' : 'esnext';
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--skipLibCheck', 'false'];
  const language = ['--target', 'es2022', '--lib', 'es2023', '--types', 'node'];
  const compiling = ['node_modules/typescript/bin/tsc', ...strict, ...language, '--module', module, '--moduleResolution', resolution];
  return run(process.execPath, [...compiling, ...programs], project);
}

/** Runs a program in a project, with nothing in its environment that speaks to Node or npm. */
export async function run(program: string, given: readonly string[], project: string): Promise<Ran> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|CATALOG_)/i.test(name)));
  try {
    const { stdout, stderr } = await promisify(execFile)(program, given, { cwd: project, env, encoding: 'utf8' });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (typeof code !== 'number') throw error;
    return { code, out: stdout ?? '', err: stderr ?? '' };
  }
}

async function binariesBelow(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  if (files.length === 0) throw new Error(`there is no binary in ${folder}`);
  return files;
}

async function installed(folder: string, ours: readonly string[], others: readonly string[]): Promise<string> {
  const project = join(await placeOf(), folder);
  await mkdir(project);
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const tarballs = (await packed()).filter(({ name }) => ours.includes(name)).map(({ tarball }) => tarball);
  const wanted = [...tarballs, ...others.map((name) => `${name}@${triedVersion(name)}`)];
  await npm(['install', '--prefer-offline', '--no-audit', '--no-fund', ...wanted], project);
  return project;
}

function triedVersion(name: string): string {
  const { devDependencies } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
    devDependencies: Readonly<Record<string, string>>;
  };
  return devDependencies[name] ?? 'no version of it was tried';
}
