import { expect } from 'chai';
import { hostOf } from '../../src/disk/host.js';
import type { Disk } from '../../src/disk/program.js';
import type { SimulatedDisk } from '../../src/disk/simulated-disk.js';
import type { Step } from '../../src/disk/steps.js';
import { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import { type Content, contentOf, expectRecovers, modelsIn } from '../interrupt/aftermath.js';
import { HandlePaths, whenPerformed } from '../interrupt/disks.js';
import type { History } from '../interrupt/history.js';
import { filesOf, naming, outcomeOf, perform, prepared, published, root, sameEachTime } from './faults.js';

/** A disk with room for so many bytes of temps: it takes what still fits of a write, and refuses the next. */
class FullDisk implements Disk {
  /** What was taken so far. */
  taken = 0;
  room = Number.POSITIVE_INFINITY;
  readonly #disk: Disk;
  readonly #paths = new HandlePaths();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  get host(): NonNullable<Disk['host']> {
    return hostOf(this.#disk, {});
  }

  perform(step: Step): unknown {
    const fitting = step.op === 'write' && this.#paths.of(step).endsWith('.tmp') ? this.#fitting(step) : step;
    return whenPerformed(this.#disk, fitting, (result) => {
      if (fitting.op === 'write' && this.#paths.of(step).endsWith('.tmp')) this.taken += Number(result ?? 0);
      this.#paths.note(step, result);
    });
  }

  #fitting(step: Step & { op: 'write' }): Step {
    const bytes = Buffer.concat(step.chunks);
    const left = this.room - this.taken;
    if (left <= 0) throw Object.assign(new Error('ENOSPC: the disk is full'), { code: 'ENOSPC' });
    return left >= bytes.byteLength ? step : { ...step, chunks: [bytes.subarray(0, left)] };
  }
}

interface Stage {
  readonly volume: SimulatedDisk;
  readonly disk: FullDisk;
  readonly store: FsCatalog;
}

/**
 * CAT-IDX-1113: an operation on a disk with room for no byte, for one, for two, up to all that it needs. Each time it is refused
 * with NoSpace and all is as before; the same handle does it once there is room. Gives how many bytes it needs.
 */
export async function fillAtEveryByte(history: History): Promise<number> {
  const needed = await bytesNeeded(history);
  // What is left of a root that could not be made is part of the next try, so each begins anew; other handles try on and on.
  const rooms = Array.from({ length: needed }, (_, room) => room);
  const groups = history.before.length === 0 ? rooms.map((room) => [room]) : [rooms, ...rooms.filter(isSampled).map((room) => [room])];
  for (const group of groups) await fillInTurn(history, group);
  return needed;
}

async function fillInTurn(history: History, rooms: readonly number[]): Promise<void> {
  const stage = await staged(history);
  for (const room of rooms) await naming(`room for ${room} bytes`, () => refusedWith(room, stage, history));
  stage.disk.room = Number.POSITIVE_INFINITY;
  await perform(stage.store, history.change);
  await stage.store.close();
  await expectRecovers({ disk: stage.volume.process(), root }, [history.after]);
}

async function refusedWith(room: number, { volume, disk, store }: Stage, history: History): Promise<void> {
  const before = filesOf(volume);
  disk.taken = 0;
  disk.room = room;
  const outcome = await outcomeOf(() => perform(store, history.change));
  expect(outcome.kind).to.equal('refused');
  if (outcome.kind === 'refused') expect([outcome.error.code, outcome.error.details.errno]).to.deep.equal(['NoSpace', 'ENOSPC']);
  expectAsBefore(volume, before, history.before);
  for (const found of [modelsIn(await store.snapshot()), await contentOf({ disk: volume.process(), root }, { readOnly: true })]) {
    expect(found).to.deep.equal(history.before);
  }
}

function isSampled(room: number): boolean {
  return room % 50 === 0;
}

function expectAsBefore(volume: SimulatedDisk, before: Readonly<Record<string, string>>, content: Content): void {
  const after = filesOf(volume);
  expect(
    Object.keys(after).filter((path) => path.includes('.tmp')),
    'temps that remain',
  ).to.deep.equal([]);
  if (content.length > 0) expect(published(after)).to.deep.equal(before);
}

async function bytesNeeded(history: History): Promise<number> {
  const { disk, store } = await staged(history);
  await perform(store, history.change);
  return disk.taken;
}

async function staged(history: History): Promise<Stage> {
  const volume = await prepared(history);
  const disk = new FullDisk(volume.process());
  const store = await FsCatalog.open({ disk, root, ...sameEachTime('writer') });
  return { volume, disk, store };
}
