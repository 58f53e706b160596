import { find, type Generation, records, type Versioned } from './generation.js';
import { compareUtf8 } from './ids.js';

/** The last change of its revision has `last: true`; a deleted record is `undefined` (CAT-IDX-1119). */
export interface Change<R> {
  revision: number;
  id: string;
  record: R | undefined;
  last: boolean;
}

/**
 * As `changesBetween`, in as many deliveries as it takes: what was deleted and made again is told of twice, so that who stops
 * between the two, and finds it deleted once more when he begins again, does not keep what was there at first.
 */
export function changesThrough<R extends { id: string }>(
  before: Generation<R> | undefined,
  after: Generation<R>,
  between: readonly Generation<R>[],
): Change<R>[] {
  const place = before === undefined ? -1 : between.findIndex((middle) => isMadeAgain(before, middle, after));
  const middle = between[place];
  if (middle === undefined) return changesBetween(before, after, between);
  return [...changesBetween(before, middle, between.slice(0, place)), ...changesThrough(middle, after, between.slice(place + 1))];
}

/** Whether what became of something between them cannot be told from the two alone. */
export function needsBetween<R extends { id: string }>(before: Generation<R>, after: Generation<R>): boolean {
  if (after.revision <= before.revision + 1) return false;
  return records(before).some(({ record: { id }, revision }) => find(after, id)?.revision !== revision);
}

/**
 * What became of each record between two generations: its newest change, in the order of revisions and of ids within one. A
 * record that is gone, or that a repair put back, is told of at the first of the generations between them that shows it so: who
 * stops after any of these begins there again and has missed nothing.
 */
function changesBetween<R extends { id: string }>(
  before: Generation<R> | undefined,
  after: Generation<R>,
  between: readonly Generation<R>[],
): Change<R>[] {
  const since = before?.revision ?? 0;
  const changed = records(after)
    .filter(({ revision }) => revision > since)
    .map(changeOf);
  const undone = before === undefined ? [] : undoneSince(before, after, between);
  return withLast([...changed, ...undone].sort((a, b) => a.revision - b.revision || compareUtf8(a.id, b.id)));
}

function isMadeAgain<R extends { id: string }>(before: Generation<R>, middle: Generation<R>, after: Generation<R>): boolean {
  return records(before).some(({ record: { id } }) => find(middle, id) === undefined && find(after, id) !== undefined);
}

function changeOf<R extends { id: string }>({ record, revision }: Versioned<R>): Change<R> {
  return { revision, id: record.id, record, last: false };
}

function undoneSince<R extends { id: string }>(
  before: Generation<R>,
  after: Generation<R>,
  between: readonly Generation<R>[],
): Change<R>[] {
  const line = [...between, after];
  return records(before).flatMap(({ record: { id }, revision }): Change<R>[] => {
    const now = find(after, id);
    if (now !== undefined && (now.revision === revision || now.revision > before.revision)) return [];
    const first = line.find((generation) => find(generation, id)?.revision !== revision) ?? after;
    return [{ revision: first.revision, id, record: now?.record, last: false }];
  });
}

function withLast<R>(changes: Change<R>[]): Change<R>[] {
  return changes.map((change, place) => ({ ...change, last: changes[place + 1]?.revision !== change.revision }));
}
