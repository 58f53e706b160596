import type { FleetOrigin } from '../../core/fleet-origin.js';
import type { FleetCollectionName, FleetRecords, Generation } from '../../core/generation.js';
import { type DiskProgram, type Run, stat } from '../../disk/program.js';
import type { FileStat } from '../../disk/steps.js';
import { copyFile, originFile } from './place.js';
import { damagedCopy, type ReadFile, readOrigin, readPart } from './read.js';

type Parts = { [C in FleetCollectionName]?: ReadFile<Generation<FleetRecords[C]>> & { readonly copy: string } };

/**
 * CAT-FLT-7010: a node's last copy of its fleet, as any process left it last. It is read when it is asked for, and again when it is
 * another one; where there is none that costs one look. What is damaged is `IndexCorrupt`.
 */
export class FleetCopy {
  readonly root: string;
  readonly #run: Run;
  #origin: ReadFile<FleetOrigin> | undefined;
  readonly #parts: Parts = {};

  constructor(root: string, run: Run) {
    this.root = root;
    this.#run = run;
  }

  /** Where it comes from; `undefined` where there is no copy. */
  async origin(): Promise<FleetOrigin | undefined> {
    this.#origin = await this.#run(current(originFile(this.root), this.#origin, () => readOrigin(this.root)));
    return this.#origin?.value;
  }

  /** One collection as it was copied; `undefined` where there is no copy. */
  async part<C extends FleetCollectionName>(collection: C): Promise<Generation<FleetRecords[C]> | undefined> {
    for (let origin = await this.origin(); origin !== undefined; ) {
      const found = await this.#read(origin.copy, collection);
      if (found !== undefined) return found;
      // A copy that was taken anew meanwhile has another name.
      const again = await this.origin();
      if (again?.copy === origin.copy) throw damagedCopy(copyFile(this.root, origin.copy, collection), 'it is missing');
      origin = again;
    }
    return undefined;
  }

  async #read<C extends FleetCollectionName>(copy: string, collection: C): Promise<Generation<FleetRecords[C]> | undefined> {
    const known: (ReadFile<Generation<FleetRecords[C]>> & { readonly copy: string }) | undefined = this.#parts[collection];
    const path = copyFile(this.root, copy, collection);
    const before = known?.copy === copy ? known : undefined;
    const found = await this.#run(current(path, before, () => readPart(this.root, copy, collection)));
    Object.assign(this.#parts, { [collection]: found && { ...found, copy } });
    return found?.value;
  }
}

/** What was read of a file, read again where it is another file now. */
function* current<T>(
  path: string,
  before: ReadFile<T> | undefined,
  read: () => DiskProgram<ReadFile<T> | undefined>,
): DiskProgram<ReadFile<T> | undefined> {
  const found = yield* stat(path);
  if (found === undefined) return undefined;
  return before !== undefined && isSame(found, before.status) ? before : yield* read();
}

function isSame(one: FileStat, other: FileStat): boolean {
  return one.inode === other.inode && one.device === other.device && one.mtimeNs === other.mtimeNs && one.ctimeNs === other.ctimeNs;
}
