import type { CollectionName } from '../../core/generation.js';
import { collisionKey } from '../../core/ids.js';
import type { EventIndex } from '../../journal/event-index.js';
import { idOf, isOf } from './entities.js';

/**
 * Which entities of a collection cannot be told apart (CAT-REC-1007), by the keys of their ids. Follows the index without reading an
 * event: of an id that its entity does not tell, only its events do.
 */
export class KnownNames {
  readonly #collection: CollectionName;
  readonly #byKey = new Map<string, string[]>();
  readonly #untold: string[] = [];
  #seen = 0;

  constructor(collection: CollectionName) {
    this.#collection = collection;
  }

  /** The entities whose records may have an id that cannot be told from this one, be they there still or not. */
  namesakes(id: string, index: EventIndex): readonly string[] {
    for (const entity of index.entitiesFrom(this.#seen)) this.#take(entity);
    return [...(this.#byKey.get(collisionKey(id)) ?? []), ...this.#untold];
  }

  forget(): void {
    this.#byKey.clear();
    this.#untold.length = 0;
    this.#seen = 0;
  }

  #take(entity: string): void {
    this.#seen++;
    if (!isOf(this.#collection, entity)) return;
    const id = idOf(this.#collection, entity);
    if (id === undefined) {
      this.#untold.push(entity);
      return;
    }
    const key = collisionKey(id);
    const others = this.#byKey.get(key);
    if (others === undefined) this.#byKey.set(key, [entity]);
    else others.push(entity);
  }
}
