import fs from 'node:fs';
import { join } from 'node:path';
import { openCatalog } from 'catalog-core';
import { EngineProvisioner, HttpFetcher, ModelProvisioner } from '../../packages/provisioner/src/index.js';
import { RealDisk } from '../../src/disk/real-disk.js';
import type { Step } from '../../src/disk/steps.js';
import { isCommand } from '../is-command.js';

/** What a process is to bring about, and before which of its steps it is to die. */
export interface ProvisionJob {
  readonly root: string;
  readonly hub: string;
  readonly home: string;
  readonly what: { readonly model: string } | { readonly engine: string; readonly version: string };
  readonly dieAt?: number;
  readonly stallMs?: number;
}

/** What it tells when it is done, as a line of JSON. */
export interface ProvisionDone {
  readonly path: string;
  readonly fetched: boolean;
  readonly steps: number;
}

/** As the disk of the library names what changes something. */
const changing: ReadonlySet<Step['op']> = new Set([
  ...(['open', 'write', 'sync', 'link', 'symlink', 'rename', 'unlink', 'truncate'] as const),
  ...(['lock', 'change-mode', 'make-directory', 'remove-directory', 'clone'] as const),
]);
let steps = 0;

function beforeStep(dieAt: number | undefined): void {
  steps++;
  if (steps === dieAt) process.kill(process.pid, 'SIGKILL');
}

type Method = (...given: unknown[]) => unknown;

/** Every call by which the files are changed is a step. */
function counted(of: object, names: readonly string[], dieAt: number | undefined): void {
  const methods = of as Record<string, Method>;
  for (const name of names) {
    const original = methods[name];
    if (original === undefined) throw new Error(`there is no ${name}`);
    methods[name] = function (this: unknown, ...given: unknown[]): unknown {
      beforeStep(dieAt);
      return original.apply(this, given);
    };
  }
}

async function play(job: ProvisionJob): Promise<ProvisionDone> {
  const real = new RealDisk();
  const disk = {
    perform(step: Step): unknown {
      if (changing.has(step.op)) beforeStep(job.dieAt);
      return real.perform(step);
    },
  };
  const handle = await fs.promises.open(process.execPath, 'r');
  counted(Object.getPrototypeOf(handle) as object, ['write', 'writeFile', 'datasync', 'sync', 'truncate'], job.dieAt);
  await handle.close();
  counted(fs.promises, ['open', 'mkdir', 'rename', 'rm', 'writeFile'], job.dieAt);
  const catalog = await openCatalog({ root: job.root, disk: disk as never });
  process.stdout.write('asking\n');
  try {
    return { ...(await brought(job, catalog)), steps };
  } finally {
    await catalog.close();
  }
}

async function brought(job: ProvisionJob, catalog: Awaited<ReturnType<typeof openCatalog>>): Promise<Omit<ProvisionDone, 'steps'>> {
  if ('engine' in job.what) {
    const entry = await new EngineProvisioner({ catalog }).ensure({ ...job.what, prepare: smallEngine });
    return { path: entry.binary_path ?? '', fetched: true };
  }
  const fetcher = smallFetcher(job);
  const { path, fetched } = await new ModelProvisioner({ catalog, fetcher }).ensurePresent(job.what.model);
  await fetcher.close();
  return { path, fetched };
}

/** One that comes by so many requests, and keeps so much, that there are many steps to be killed before. */
export function smallFetcher({ root, hub, home, stallMs = 10_000 }: Pick<ProvisionJob, 'root' | 'hub' | 'home' | 'stallMs'>): HttpFetcher {
  return new HttpFetcher({
    ...{ downloads: join(root, 'downloads'), endpoint: hub, environment: { HOME: home } },
    ...{ spanBytes: 100, keepBytes: 50, parallel: 1, stallMs, pause: () => Promise.resolve() },
  });
}

/** An engine of two files. */
export async function smallEngine(folder: string): Promise<{ binary_path: string; artifacts: string[] }> {
  await fs.promises.mkdir(join(folder, 'lib'));
  await fs.promises.writeFile(join(folder, 'lib', 'one.so'), 'a library');
  await fs.promises.writeFile(join(folder, 'server'), 'a binary');
  return { binary_path: 'server', artifacts: ['lib/one.so'] };
}

if (isCommand(import.meta.url)) {
  const done = await play(JSON.parse(process.argv[2] ?? '') as ProvisionJob);
  process.stdout.write(`${JSON.stringify(done)}\n`);
}
