import { canonicalJson } from './canonical-json.js';
import { refusal } from './errors.js';
import type { Versioned } from './generation.js';
import type { Holding } from './holding.js';

/** Who announces. */
export interface Announcer {
  readonly node: string;
  readonly instance: string;
  /** Although somebody else announces under this name: a machine that was made anew. */
  readonly takeOver?: boolean | undefined;
}

/** What is to be changed in the fleet, so that it says what the node holds. */
export interface Announcement {
  readonly puts: readonly { readonly record: Holding; readonly ifRevision: number | 'absent' }[];
  readonly deletes: readonly { readonly id: string; readonly ifRevision: number }[];
}

/** CAT-FLT-7010: the difference between what a node holds and what the fleet says of it. `AlreadyExists` where another node has its name. */
export function announcement(announcer: Announcer, held: readonly Holding[], told: Iterable<Versioned<Holding>>): Announcement {
  const { node, instance, takeOver = false } = announcer;
  const ours = [...told].filter(({ record }) => record.node === node || record.instance === instance);
  if (!takeOver) for (const { record } of ours) checkOwn(announcer, record);
  const [before, now] = [new Map(ours.map((one) => [one.record.id, one])), new Set(held.map(({ id }) => id))];
  return {
    puts: held
      .filter((record) => !isSame(before.get(record.id)?.record, record))
      .map((record) => ({ record, ifRevision: before.get(record.id)?.revision ?? 'absent' })),
    deletes: ours.filter(({ record }) => !now.has(record.id)).map(({ record, revision }) => ({ id: record.id, ifRevision: revision })),
  };
}

/** Refuses a holding under the node's name that another node has announced. */
export function checkOwn({ node, instance }: Announcer, found: Holding): void {
  if (found.node !== node || found.instance === instance) return;
  const message = `another node announces under the name ${JSON.stringify(node)}; nothing of it was changed`;
  throw refusal('AlreadyExists', message, { node, stored: found });
}

function isSame(one: Holding | undefined, other: Holding): boolean {
  return one !== undefined && canonicalJson(one) === canonicalJson(other);
}
