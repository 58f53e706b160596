import { type CatalogError, isCatalogError } from '../../src/core/errors.js';
import type { Host } from '../../src/disk/host.js';
import type { Disk } from '../../src/disk/program.js';
import type { Step } from '../../src/disk/steps.js';
import type { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import { HandlePaths, whenPerformed } from '../interrupt/disks.js';
import { modelEntry } from '../model-entry.js';
import { gate } from './gate.js';

/** What a put's promise told. */
export type Told =
  | { readonly kind: 'acknowledged'; readonly revision: number }
  | { readonly kind: 'refused'; readonly error: CatalogError };

/** A put that stands before one of its steps. */
export interface PausedPut {
  readonly before: Step;
  /** The step that it took last. */
  readonly after: Step | undefined;
  readonly holdsLock: boolean;
  readonly goOn: () => Promise<Told>;
}

/** Whether to pause before a step, told its number from the beginning of the put. */
type Where = (step: Step, number: number) => boolean;

/** A disk on which a put can be made to stand before one of its steps until it is let go. */
export class PausingDisk implements Disk {
  readonly host?: Host;
  readonly #disk: Disk;
  readonly #paths = new HandlePaths();
  #where: Where | undefined;
  #number = 0;
  #last: Step | undefined;
  #holdsLock = false;
  #paused = gate<Omit<PausedPut, 'goOn'>>();
  #goOn = gate();

  constructor(disk: Disk) {
    this.#disk = disk;
    if (disk.host) this.host = disk.host;
  }

  /** Puts a model and stands where it was told to; `undefined` where the put ended without coming so far. */
  async pausedPut(store: FsCatalog, id: string, where: Where): Promise<PausedPut | undefined> {
    const [paused, goOn] = [gate<Omit<PausedPut, 'goOn'>>(), gate()];
    [this.#paused, this.#goOn, this.#where, this.#number] = [paused, goOn, where, 0];
    const told = toldBy(store, id);
    const point = await Promise.race([paused.opened, told.then(() => undefined)]);
    this.#where = undefined;
    const letGo = (): Promise<Told> => {
      goOn.open();
      return told;
    };
    // A put is acknowledged before its commit has tidied up: there it is not to stand.
    if (point === undefined) goOn.open();
    return point && { ...point, goOn: letGo };
  }

  perform(step: Step): unknown {
    if (!this.#where?.(step, ++this.#number)) return this.#perform(step);
    this.#where = undefined;
    this.#paused.open({ before: step, after: this.#last, holdsLock: this.#holdsLock });
    return this.#goOn.opened.then(() => this.#perform(step));
  }

  #perform(step: Step): unknown {
    this.#last = step;
    return whenPerformed(this.#disk, step, (result) => {
      if (this.#paths.isRootLock(step) && step.op === 'lock' && result === true) this.#holdsLock = true;
      if (this.#paths.isRootLock(step) && step.op === 'close') this.#holdsLock = false;
      this.#paths.note(step, result);
    });
  }
}

/** Puts a model, and gives what its promise told. */
export async function toldBy(store: FsCatalog, id: string): Promise<Told> {
  try {
    const { revision } = await store.models.put(modelEntry(id));
    return { kind: 'acknowledged', revision };
  } catch (error) {
    if (!isCatalogError(error)) throw error;
    return { kind: 'refused', error };
  }
}
