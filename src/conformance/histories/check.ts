import type { Delete, FaultKind, Get, History, HistoryFault, Operation, Put, Shown, Watched } from './history.js';

/**
 * What in a history no store may do (CAT-CNF-5204), judged from what its clients saw alone. Each put writes a value of its own, so that
 * a value tells who wrote it; the work is about linear in the length of the history for each id.
 */
export function historyFaults(history: History): HistoryFault[] {
  const ids = new Set([...history.operations, ...history.end].map(({ id }) => id));
  const ofIds = [...ids].map((id) => ofId(history, id));
  return [...ofIds.flatMap(faultsOfId), ...history.watched.flatMap((watched) => faultsOfWatcher(watched, history))];
}

interface OfId {
  readonly id: string;
  readonly puts: readonly Put[];
  readonly deletes: readonly Delete[];
  readonly gets: readonly Get[];
  readonly end: Shown | undefined;
}

function ofId({ operations, end }: History, id: string): OfId {
  const own = operations.filter((operation) => operation.id === id);
  return {
    id,
    puts: own.filter((operation) => operation.type === 'put'),
    deletes: own.filter((operation) => operation.type === 'delete'),
    gets: own.filter((operation) => operation.type === 'get'),
    end: end.find((shown) => shown.id === id),
  };
}

function faultsOfId(own: OfId): HistoryFault[] {
  return [...lostUpdates(own), ...readFaults(own), ...endFaults(own)];
}

const acknowledged = (puts: readonly Put[]): (Put & { readonly revision: number })[] =>
  puts.filter((put): put is Put & { readonly revision: number } => put.revision !== undefined);

/** A put that was done on a base which another had replaced before it took that other one back. */
function lostUpdates({ id, puts, deletes }: OfId): HistoryFault[] {
  const done = acknowledged(puts).sort((a, b) => a.revision - b.revision);
  return done.flatMap((put, place) => {
    const before = done[place - 1];
    if (before === undefined || put.ifRevision === undefined) return [];
    const isLost = put.ifRevision === 'absent' ? !mayBeGone(before, put, deletes) : put.ifRevision < before.revision;
    if (!isLost) return [];
    const base = put.ifRevision === 'absent' ? 'nothing there' : `revision ${put.ifRevision}`;
    return [
      fault('lost update', `${id}: client ${put.client} put ${put.value} on ${base}, and ${before.value} was there at ${before.revision}`),
    ];
  });
}

function readFaults({ id, puts, deletes, gets }: OfId): HistoryFault[] {
  const byEnd = [...gets].filter(isOver).sort((a, b) => a.begun - b.begun);
  const faults: HistoryFault[] = [];
  const written = new Map(puts.map((put) => [put.value, put]));
  // The newest revision that somebody was acknowledged or shown, by the moment from which on it is known.
  const known = new Rising([
    ...acknowledged(puts)
      .filter(isOver)
      .map((put) => ({ at: put.ended, revision: put.revision, how: 'acknowledged' as const })),
    ...byEnd.flatMap(({ ended, found }) => (found ? [{ at: ended, revision: found.revision, how: 'shown' as const }] : [])),
  ]);
  for (const get of byEnd) {
    const { found, client } = get;
    const writer = found && written.get(found.value);
    if (
      found &&
      (writer === undefined || writer.begun > get.ended || (writer.revision ?? found.revision) !== found.revision || writer.refused)
    ) {
      faults.push(fault('nobody wrote it', `${id}: client ${client} was shown ${found.value} at ${found.revision}`));
      continue;
    }
    const newest = known.before(get.begun);
    if (newest === undefined || (found && found.revision >= newest.revision)) continue;
    const put = puts.find(({ revision }) => revision === newest.revision);
    if (!found && (put === undefined || mayBeGone(put, get, deletes))) continue;
    const shown = found ? `${found.value} at ${found.revision}` : 'nothing';
    const kind = newest.how === 'acknowledged' ? 'stale read' : 'going back';
    faults.push(fault(kind, `${id}: client ${client} was shown ${shown} after revision ${newest.revision} was ${newest.how}`));
  }
  return faults;
}

/** What was acknowledged last is there in the end, or somebody deleted it. */
function endFaults({ id, puts, deletes, end }: OfId): HistoryFault[] {
  const newest = acknowledged(puts).reduce<(Put & { revision: number }) | undefined>(
    (most, put) => (most === undefined || put.revision >= most.revision ? put : most),
    undefined,
  );
  const writer = end && puts.find(({ value }) => value === end.value);
  if (end && (writer === undefined || writer.refused)) return [fault('nobody wrote it', `${id}: in the end there is ${end.value}`)];
  if (newest === undefined || (end && end.revision >= newest.revision)) return [];
  if (!end && mayBeGone(newest, undefined, deletes)) return [];
  return [
    fault(
      'lost update',
      `${id}: ${newest.value} was acknowledged at ${newest.revision}, and in the end there is ${end?.value ?? 'nothing'}`,
    ),
  ];
}

/** Whether somebody may have deleted what a put wrote, before an operation ended. */
function mayBeGone(put: Put, before: Operation | undefined, deletes: readonly Delete[]): boolean {
  return deletes.some(
    ({ refused, existed, begun, ended }) =>
      refused === undefined &&
      existed !== false &&
      (ended === undefined || ended > put.begun) &&
      (before?.ended === undefined || begun < before.ended),
  );
}

function faultsOfWatcher(watched: Watched, { operations, end }: History): HistoryFault[] {
  const { changes, after, owed } = watched;
  const faults: HistoryFault[] = [];
  const told = new Set<string>();
  const puts = operations.filter((operation) => operation.type === 'put');
  const written = new Map(puts.map((put) => [put.value, put]));
  let newest = after;
  for (const { id, revision, value } of changes) {
    const name = `${id} at ${revision}`;
    if (told.has(name) || revision <= after) faults.push(fault('repeated change', `a watcher was told of ${name} again`));
    else if (revision < newest) faults.push(fault('going back', `a watcher was told of ${name} after revision ${newest}`));
    told.add(name);
    newest = Math.max(newest, revision);
    const put = value === undefined ? undefined : written.get(value);
    const isTrue = value === undefined || (put !== undefined && put.refused === undefined && (put.revision ?? revision) === revision);
    if (!isTrue) faults.push(fault('change that vanished', `a watcher was told of ${value} of ${name}, which was never so`));
  }
  if (owed === 'every') {
    const owedPuts = acknowledged(puts).filter(({ revision, id }) => revision > after && !told.has(`${id} at ${revision}`));
    // Changes of one id in one revision are one.
    for (const { id, revision, value } of owedPuts)
      faults.push(fault('skipped change', `a watcher was not told of ${value}, ${id} at ${revision}`));
  }
  return [...faults, ...foldFaults(watched, { end, after })];
}

/** What a watcher knows when he was told all there is. */
function foldFaults({ changes }: Watched, { end, after }: { readonly end: readonly Shown[]; readonly after: number }): HistoryFault[] {
  const known = new Map(changes.map(({ id, value, revision }) => [id, { value, revision }]));
  const missing = end.flatMap(({ id, value, revision }) => {
    const last = known.get(id);
    if (last === undefined)
      return revision > after ? [fault('skipped change', `a watcher was not told of ${value}, ${id} at ${revision}`)] : [];
    if (last.value === value) return [];
    const kind = last.revision > revision ? 'change that vanished' : 'skipped change';
    return [
      fault(kind, `a watcher knows ${last.value ?? 'a deletion'} of ${id} at ${last.revision}, and there is ${value} at ${revision}`),
    ];
  });
  const there = new Set(end.map(({ id }) => id));
  const gone = [...known].flatMap(([id, { value, revision }]) =>
    value === undefined || there.has(id)
      ? []
      : [fault('change that vanished', `a watcher knows ${value} of ${id} at ${revision}, and there is nothing`)],
  );
  return [...missing, ...gone];
}

interface Known {
  readonly at: number;
  readonly revision: number;
  readonly how: 'acknowledged' | 'shown';
}

/** The highest revision that was known before a moment; moments are asked for in their order. */
class Rising {
  readonly #known: readonly Known[];
  #place = 0;
  #highest: Known | undefined;

  constructor(known: readonly Known[]) {
    this.#known = [...known].sort((a, b) => a.at - b.at);
  }

  before(moment: number): Known | undefined {
    for (let next = this.#known[this.#place]; next !== undefined && next.at < moment; next = this.#known[++this.#place]) {
      if (next.revision > (this.#highest?.revision ?? -1)) this.#highest = next;
    }
    return this.#highest;
  }
}

function isOver<O extends Operation>(operation: O): operation is O & { readonly ended: number } {
  return operation.ended !== undefined;
}

function fault(kind: FaultKind, message: string): HistoryFault {
  return { kind, message };
}
