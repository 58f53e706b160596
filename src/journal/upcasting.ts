import { type CatalogError, refusal } from '../core/errors.js';
import { type JournalEvent, withPayload } from './event.js';
import { type EventKind, showKind } from './kind.js';

/** Makes of a payload of one version one of the next. */
export interface Upcaster {
  readonly kind: EventKind;
  /** The payload version that it takes; it gives the one after it. */
  readonly from: number;
  /** Pure; the payload is its own. */
  readonly up: (payload: unknown) => unknown;
}

/** Which versions payloads are written in, and how older ones become those. */
export interface PayloadVersions {
  /** Without gap: of a kind each takes what another gives. */
  readonly upcasters?: readonly Upcaster[];
  /** By kind, the newest payload version that is understood; unless told what the upcasters lead to, and 1 where there are none. */
  readonly payloadVersions?: Readonly<Record<EventKind, number>>;
}

const maximumVersion = 0xffff;

/**
 * What shows each event as the newest payload version that is understood (CAT-JRN-3404). A gap between upcasters is
 * `InvalidArgument` at once, an event that is older than all of them when it is met; one that is newer than what is understood is
 * `SchemaVersionUnsupported`.
 */
export function upcasting({ upcasters = [], payloadVersions = {} }: PayloadVersions): (event: JournalEvent) => JournalEvent {
  const chains = new Map<EventKind, Map<number, Upcaster>>();
  for (const upcaster of upcasters) addTo(chains, upcaster);
  const understood = (kind: EventKind): number => payloadVersions[kind] ?? Math.max(0, ...(chains.get(kind)?.keys() ?? [])) + 1;
  for (const [kind, version] of Object.entries(payloadVersions)) checkVersion(`the payload version of ${showKind(Number(kind))}`, version);
  for (const [kind, chain] of chains) checkChain(kind, chain, understood(kind));
  return (event) => {
    const newest = understood(event.kind);
    if (event.payload_version === newest) return event;
    if (event.payload_version > newest) throw tooNew(event, newest);
    return upcasted(event, chains.get(event.kind), newest);
  };
}

function addTo(chains: Map<EventKind, Map<number, Upcaster>>, upcaster: Upcaster): void {
  const { kind, from, up } = upcaster;
  checkVersion('what an upcaster takes', from);
  if (typeof up !== 'function') throw invalid(`the upcaster of ${showKind(kind)} from version ${from} has no function`);
  const chain = chains.get(kind) ?? new Map<number, Upcaster>();
  if (chain.has(from)) throw invalid(`two upcasters take version ${from} of ${showKind(kind)}`);
  chains.set(kind, chain.set(from, upcaster));
}

function checkChain(kind: EventKind, chain: ReadonlyMap<number, Upcaster>, newest: number): void {
  const first = Math.min(...chain.keys());
  for (let from = first; from < newest; from++) if (!chain.has(from)) throw missing(kind, from, newest);
  const beyond = [...chain.keys()].find((from) => from >= newest);
  if (beyond !== undefined) throw invalid(`an upcaster takes version ${beyond} of ${showKind(kind)}, and only ${newest} is understood`);
}

function upcasted(event: JournalEvent, chain: ReadonlyMap<number, Upcaster> | undefined, newest: number): JournalEvent {
  let { payload } = event;
  for (let from = event.payload_version; from < newest; from++) {
    const upcaster = chain?.get(from);
    if (upcaster === undefined) throw missing(event.kind, from, newest);
    payload = upcaster.up(payload);
  }
  return withPayload(event, { payload, payload_version: newest });
}

function checkVersion(what: string, version: number): void {
  if (Number.isInteger(version) && version >= 0 && version <= maximumVersion) return;
  throw invalid(`${what} is a whole number from 0 to ${maximumVersion}, not ${version}`);
}

function missing(kind: EventKind, from: number, newest: number): CatalogError {
  return invalid(`no upcaster takes version ${from} of ${showKind(kind)}, on the way to version ${newest}`);
}

function invalid(message: string): CatalogError {
  return refusal('InvalidArgument', message, { argument: 'upcasters' });
}

function tooNew({ event_id, sequence, kind, payload_version: found }: JournalEvent, supported: number): CatalogError {
  const message = `the payload of event ${sequence} (${showKind(kind)}) has version ${found}; this projection understands up to ${supported}`;
  return refusal('SchemaVersionUnsupported', message, { found, supported, kind, sequence, event_id });
}
