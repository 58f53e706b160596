import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { RealDisk } from '../../src/disk/real-disk.js';
import { type Content, expectRecovers, type Place } from './aftermath.js';
import { copyTree } from './copies.js';
import { handicapped } from './disks.js';
import type { Job, Moment, Plan, Point } from './job.js';
import { type Ended, start } from './start.js';

/** One operation of one process, to be killed at each of its steps on a root of its own. */
export interface Scene {
  /** Where the roots are made. */
  readonly folder: string;
  readonly prepare: (place: Place) => Promise<void>;
  readonly job: (root: string) => Job;
  readonly since?: Plan['since'];
  readonly before: Content;
  readonly after: Content;
  readonly withoutHardLinks?: boolean;
}

export interface Kill {
  readonly point: Point;
  readonly root: string;
  readonly place: Place;
  readonly ended: Ended;
  /** What its root may hold now: what was acknowledged is there. */
  readonly legal: readonly Content[];
}

export interface Sweep {
  readonly steps: number;
  readonly children: number;
  readonly oldStates: number;
  readonly newStates: number;
}

/** Kills a process before and after each step of an operation, each on a root of its own, and judges what the next one finds. */
export async function killAtEveryStep(scene: Scene, every = 1): Promise<Sweep> {
  const steps = await countSteps(scene);
  const points = pointsOf(steps).filter(({ step }) => step % every === 0);
  const found = await together(points, async (point) => {
    const kill = await killAt(scene, point);
    const found = await naming(kill, () => expectRecovers(kill.place, kill.legal));
    return kill.legal[found];
  });
  await expectNoFurtherStep(scene, steps.length + 1);
  const newStates = found.filter((content) => content === scene.after).length;
  return { steps: steps.length, children: found.length, oldStates: found.length - newStates, newStates };
}

export interface KillPoint {
  readonly step: number;
  readonly when: Moment;
}

/** Before every step, and after every one that may have changed something: after the others nothing differs from before the next. */
export function pointsOf(steps: readonly string[]): readonly KillPoint[] {
  return steps.flatMap((step, at): KillPoint[] => {
    const before = { step: at + 1, when: 'before' } as const;
    return onlyLooks.test(step) ? [before] : [before, { step: at + 1, when: 'after' }];
  });
}

const onlyLooks = /^(Stat|List|Read|Open (read|directory)) /;

/** The steps of the operation when nobody interrupts it. */
export async function countSteps(scene: Scene): Promise<readonly string[]> {
  const { place, root } = await prepared(scene, 'uninterrupted');
  const job = scene.job(root);
  const plan: Plan = { act: 'hold', at: { type: 'step', step: Number.MAX_SAFE_INTEGER, when: 'before' }, since: scene.since ?? 'change' };
  const { done } = await start({ ...job, plan }).ended;
  expect(await expectRecovers(place, [scene.after])).to.equal(0);
  return done?.steps ?? [];
}

export async function killAt(scene: Scene, at: KillPoint): Promise<Kill> {
  const { place, root } = await prepared(scene, `${at.when}-${at.step}`);
  const plan: Plan = { act: 'die', at: { type: 'step', ...at }, since: scene.since ?? 'change' };
  const ended = await start({ ...scene.job(root), plan }).ended;
  if (ended.killedAt === undefined) throw new Error('it was killed, and nobody knows where');
  const legal = ended.acknowledged.length > 0 ? [scene.after] : [scene.before, scene.after];
  return { point: ended.killedAt, root, place, ended, legal };
}

async function expectNoFurtherStep(scene: Scene, step: number): Promise<void> {
  const outcome = await killAt(scene, { step, when: 'before' }).then(
    ({ point }) => `it was killed at step ${point.step}`,
    (error: Error) => error.message,
  );
  expect(outcome).to.include('the point was never reached');
}

/** The first one prepares, the others start from a copy. */
async function prepared(scene: Scene, name: string): Promise<{ place: Place; root: string }> {
  const folder = join(scene.folder, name);
  await mkdir(folder, { recursive: true });
  const place = { disk: handicapped(new RealDisk(), scene), root: join(folder, 'root') };
  const template = join(scene.folder, 'uninterrupted', 'template');
  if (name === 'uninterrupted') await scene.prepare({ ...place, root: template });
  if (existsSync(template)) await copyTree(template, place.root);
  return { place, root: place.root };
}

/** Says of a failure where the process was killed. */
async function naming<T>({ point, root }: Kill, judge: () => Promise<T>): Promise<T> {
  try {
    return await judge();
  } catch (error) {
    throw new Error(`killed ${point.when} step ${point.step} (${point.what}) on ${root}: ${(error as Error).message}`, { cause: error });
  }
}

/** Works on all items, a few at once, and gives what came of each in their order. */
export async function together<T, R>(items: readonly T[], work: (item: T) => Promise<R>, atOnce = 3): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as T);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
