import { expect } from 'chai';
import type { Catalog } from '../../src/catalog.js';
import { SimulatedDisk } from '../../src/disk/simulated-disk.js';
import type { Step } from '../../src/disk/steps.js';
import type { SyncOptions } from '../../src/fleet-session.js';
import { openCatalog } from '../../src/open-catalog.js';
import type { SyncReport } from '../../src/sync-fleet.js';
import { withEachStep } from '../interrupt/disks.js';
import { engineEntry, modelEntry } from '../model-entry.js';
import type { CatalogWorld } from '../world.js';
import type { Following } from './following.js';
import type { InterruptedSync } from './interrupted-sync.js';
import { MemoryFleet } from './memory-fleet.js';

export interface NodesWorld extends CatalogWorld {
  fleet: MemoryFleet;
  /** What the nodes lie on. */
  disk: SimulatedDisk;
  nodes: Map<string, Catalog>;
  /** What was done on the disk since the last sync began, or was tried. */
  steps: { readonly step: Step; readonly path: string }[];
  beforeStep: ((step: Step, path: string) => undefined) | undefined;
  report: SyncReport;
  backup: ReturnType<MemoryFleet['backup']>;
  following: Following;
  interrupted: InterruptedSync;
  revisionBefore: number;
  codes: Set<string>;
}

export const rootOf = (name: string): string => `/nodes/${name}`;

export function begin(world: NodesWorld): void {
  world.fleet = new MemoryFleet();
  world.disk = new SimulatedDisk({ root: ['/nodes', '/sources'] });
  Object.assign(world, { nodes: new Map(), steps: [] });
}

export function idsIn(words: string): string[] {
  return words.split(', ').filter((word) => word !== '');
}

export async function fill(fleet: MemoryFleet, models: string, engines = ''): Promise<void> {
  for (const id of idsIn(models)) await fleet.models.put(modelEntry(id, { source: `hf:org/${id}` }));
  for (const id of idsIn(engines)) await fleet.engines.put(engineEntry(id));
}

/** A node of the scenario, as one process on the disk, every step of which is noted. */
export async function openNode(world: NodesWorld, name: string, options: Parameters<typeof openCatalog>[0] = {}): Promise<Catalog> {
  const disk = withEachStep(world.disk.process(), (step, paths) => {
    world.steps.push({ step, path: paths.of(step) });
    return world.beforeStep?.(step, paths.of(step));
  });
  const catalog = await openCatalog({ root: rootOf(name), disk, ...options });
  world.nodes.set(name, catalog);
  return catalog;
}

export function nodeOf(world: NodesWorld, name: string): Catalog {
  const node = world.nodes.get(name);
  if (node === undefined) throw new Error(`there is no node ${name}`);
  return node;
}

export async function sync(world: NodesWorld, name: string, options: SyncOptions = {}): Promise<void> {
  world.steps.length = 0;
  Object.assign(world.fleet.asked, { listed: 0, told: 0 });
  const isKnown =
    (await nodeOf(world, name)
      .fleet.origin()
      .catch(() => undefined)) !== undefined;
  world.report = await nodeOf(world, name).sync({ from: world.fleet, ...(!isKnown && { node: name }), ...options });
}

/** CAT-FLT-7010: a copy is what the fleet is. */
export async function expectSame({ fleet }: NodesWorld, node: Catalog): Promise<void> {
  expect(await node.fleet.models.list()).to.deep.equal(await fleet.models.list());
  expect(await node.fleet.engines.list()).to.deep.equal(await fleet.engines.list());
  expect(await node.fleet.holdings.list()).to.deep.equal(await fleet.holdings.list());
}

/** Adds content from a file of its own, which other nodes have under the same name. */
export async function add(world: NodesWorld, name: string, content: string, options: { id: string; digest?: string }): Promise<void> {
  const source = `/sources/${content.replaceAll(' ', '-')}`;
  world.disk.plant(source, content);
  await nodeOf(world, name).add(source, options);
}

/** What changes a disk, but for locks. */
export function written({ steps }: NodesWorld): string[] {
  const changing = ['write', 'rename', 'link', 'unlink', 'symlink', 'truncate', 'make-directory', 'remove-directory'];
  return steps
    .filter(({ step, path }) => changing.includes(step.op) && !path.endsWith('.lock'))
    .map(({ step, path }) => `${step.op} ${path}`);
}
