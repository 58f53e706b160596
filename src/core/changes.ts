import { type Generation, records, type Versioned } from './generation.js';
import { compareUtf8 } from './ids.js';

/** The last change of its revision has `last: true`; a deleted record is `undefined` (CAT-IDX-1119). */
export interface Change<R> {
  revision: number;
  id: string;
  record: R | undefined;
  last: boolean;
}

/**
 * What became of each record between two generations: its newest change, in the order of revisions and of ids within one. A
 * record that is gone is told of at the newest revision, because no generation keeps when it went.
 */
export function changesBetween<R extends { id: string }>(before: Generation<R> | undefined, after: Generation<R>): Change<R>[] {
  const since = before?.revision ?? 0;
  const changed = [...records(after)].filter(({ revision }) => revision > since).map(changeOf);
  const gone = before === undefined ? [] : deletions(before, after);
  return withLast([...changed, ...gone].sort((a, b) => a.revision - b.revision || compareUtf8(a.id, b.id)));
}

function changeOf<R extends { id: string }>({ record, revision }: Versioned<R>): Change<R> {
  return { revision, id: record.id, record, last: false };
}

function deletions<R extends { id: string }>(before: Generation<R>, after: Generation<R>): Change<R>[] {
  const there = new Set([...records(after)].map(({ record }) => record.id));
  return [...records(before)]
    .filter(({ record }) => !there.has(record.id))
    .map(({ record }) => ({ revision: after.revision, id: record.id, record: undefined, last: false }));
}

function withLast<R>(changes: Change<R>[]): Change<R>[] {
  return changes.map((change, place) => ({ ...change, last: changes[place + 1]?.revision !== change.revision }));
}
