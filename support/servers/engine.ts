import type { FleetStore } from '../../src/stores/fleet-store.js';
import type { Server } from './server.js';

/** What a scenario may say of how it opens a catalog. */
export interface FleetOptions {
  readonly readOnly?: boolean;
  readonly unreachableMs?: number;
  readonly lookEveryMs?: number;
}

/** A kind of server that keeps the catalog of a fleet: what the steps for all of them need to know of it. */
export interface FleetEngine {
  /** Begins a server; throws `NoServer` where this machine has none. */
  begin(settings?: Readonly<Record<string, string>>): Promise<Server>;
  /** A handle on the catalog at a place of the server: its name is of a to z, 0 to 9 and _. */
  open(url: string, place: string, options?: FleetOptions): Promise<FleetStore>;
  compact(store: FleetStore, keep: number): Promise<void>;
  /** Removes a catalog, as an administrator would who begins anew. */
  remove(server: Server, place: string): Promise<void>;
  /** What the message holds by which a change is committed, and by which somebody asks to be woken. */
  readonly commitText: string;
  readonly wakeText: string;
  /** The module of the conformance kit, and the variable in which it finds the URL. */
  readonly kit: { readonly name: string; readonly variable: string };
}
