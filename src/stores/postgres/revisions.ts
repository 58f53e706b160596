import type { Client } from 'pg';
import { type FleetRevisions, fleetCollections } from '../fleet-store.js';
import type { Tables } from './schema.js';
import { rowsOf } from './session.js';

/** How far the fleet has come, in one statement, and so at one moment; below the floor nobody knows what was changed last. */
export async function revisionsOf(client: Client, { head, change }: Tables): Promise<FleetRevisions> {
  const last = (name: string) => `greatest(h.floor, (SELECT max(c.revision) FROM ${change} c WHERE c.collection = '${name}')) AS ${name}`;
  const [row] = await rowsOf(client, `SELECT h.revision AS newest, ${fleetCollections.map(last).join(', ')} FROM ${head} h`);
  return { newest: Number(row?.newest), models: Number(row?.models), engines: Number(row?.engines), holdings: Number(row?.holdings) };
}
