import { refusal } from '../../core/errors.js';
import type { FleetLease, FleetLeases } from '../fleet-store.js';
import { checkLeaseTerms } from '../lease-terms.js';
import { timeIn } from '../stored-text.js';
import type { Link } from './link.js';
import type { Tables } from './schema.js';
import { type Row, rowsOf } from './session.js';

interface Handle {
  readonly checkOpen: () => void;
  readonly checkWritable: () => void;
}

const columns = `name, holder, epoch, (extract(epoch FROM expires_at) * 1000)::bigint AS expires_ms`;

/**
 * CAT-FLT-7007: each is a row that stays, so that its epoch never goes back, and its time is that of the server. To ask twice, where the
 * first answer was lost, does no harm: the holder has it again, with an epoch of which only the newest is told.
 */
export class PostgresLeases implements FleetLeases {
  readonly #link: Link;
  readonly #tables: Tables;
  readonly #handle: Handle;

  constructor(link: Link, tables: Tables, handle: Handle) {
    [this.#link, this.#tables, this.#handle] = [link, tables, handle];
  }

  async acquire(name: string, { holder, ttlMs }: { holder: string; ttlMs: number }): Promise<FleetLease> {
    checkLeaseTerms({ name, holder, ttlMs });
    this.#handle.checkWritable();
    const { lease } = this.#tables;
    const text = `INSERT INTO ${lease} AS l (name, holder, epoch, expires_at) VALUES ($1, $2, 1, ${end('$3')})
      ON CONFLICT (name) DO UPDATE SET holder = $2, epoch = l.epoch + 1, expires_at = ${end('$3')}
      WHERE l.holder = $2 OR l.expires_at <= clock_timestamp() RETURNING ${columns}`;
    for (;;) {
      const taken = await this.#ask(text, [name, holder, ttlMs]);
      if (taken !== undefined) return taken;
      const held = await this.holder(name);
      if (held === undefined) continue;
      const { epoch, expires_at } = held;
      throw refusal('InUse', `${held.holder} has the lease ${JSON.stringify(name)}`, { holder: held.holder, epoch, expires_at });
    }
  }

  async renew({ name, holder, epoch }: FleetLease, ttlMs: number): Promise<FleetLease> {
    checkLeaseTerms({ name, holder, ttlMs });
    this.#handle.checkWritable();
    const { lease } = this.#tables;
    const text = `UPDATE ${lease} SET expires_at = ${end('$4')}
      WHERE name = $1 AND holder = $2 AND epoch = $3 AND expires_at > clock_timestamp() RETURNING ${columns}`;
    const renewed = await this.#ask(text, [name, holder, epoch, ttlMs]);
    if (renewed !== undefined) return renewed;
    throw refusal('Fenced', `the lease ${JSON.stringify(name)} of epoch ${epoch} is over`, { name, holder, epoch });
  }

  async release({ name, holder, epoch }: FleetLease): Promise<void> {
    checkLeaseTerms({ name, holder });
    this.#handle.checkWritable();
    const text = `UPDATE ${this.#tables.lease} SET expires_at = '-infinity' WHERE name = $1 AND holder = $2 AND epoch = $3 RETURNING name`;
    await this.#link.use((client) => rowsOf(client, text, [name, holder, epoch]));
  }

  async holder(name: string): Promise<FleetLease | undefined> {
    checkLeaseTerms({ name });
    this.#handle.checkOpen();
    return this.#ask(`SELECT ${columns} FROM ${this.#tables.lease} WHERE name = $1 AND expires_at > clock_timestamp()`, [name]);
  }

  async #ask(text: string, values: readonly unknown[]): Promise<FleetLease | undefined> {
    const [row] = await this.#link.use((client) => rowsOf(client, text, values));
    return row && leaseIn(row);
  }
}

/** So many milliseconds from now, by the clock of the server. */
function end(ms: string): string {
  return `clock_timestamp() + ${ms}::bigint * interval '1 millisecond'`;
}

/** What a row tells of a lease; `IndexCorrupt` for what no catalog wrote. */
export function leaseIn(row: Row): FleetLease {
  return { name: String(row.name), holder: String(row.holder), epoch: Number(row.epoch), expires_at: timeIn(row.expires_ms) };
}
