import { CatalogError } from './core/errors.js';
import type { GcOptions } from './gc-report.js';

/** In this order: what makes room is collected by what comes after it. */
export const stages = ['evictions', 'ingest', 'leases', 'flights', 'links', 'trash', 'blobs', 'quarantine'] as const;
export type Stage = (typeof stages)[number];
/** The stage that is next, and the last of its things that is done. */
export interface Position {
  readonly stage: Stage;
  readonly after: string;
}

/** What a collection that goes on was asked to collect, unless it is told otherwise. */
const kept = ['graceMs', 'maxBytes', 'olderThanMs', 'keepActive', 'quarantine'] as const;
type Asked = Pick<GcOptions, (typeof kept)[number]>;

/** What a collection that stops gives, to go on with. */
export function tokenOf({ stage, after }: Position, options: GcOptions): string {
  const asked = Object.fromEntries(kept.map((name) => [name, options[name]]));
  return Buffer.from(JSON.stringify([stage, after, asked])).toString('base64url');
}

/** Where a collection that stopped goes on; `InvalidArgument` for what is no token of one. */
export function resumedAt(token: string | undefined): { readonly position: Position; readonly asked: Asked } {
  if (token === undefined) return { position: { stage: stages[0], after: '' }, asked: {} };
  try {
    const [stage, after, asked] = JSON.parse(Buffer.from(token, 'base64url').toString()) as unknown[];
    const known = stages.find((one) => one === stage);
    if (known !== undefined && typeof after === 'string' && isAsked(asked)) return { position: { stage: known, after }, asked };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
  }
  throw new CatalogError('InvalidArgument', 'resume is the token of a collection that stopped', { argument: 'resume' });
}

/** Its numbers are checked as those of every collection. */
function isAsked(asked: unknown): asked is Asked {
  return typeof asked === 'object' && asked !== null && Object.keys(asked).every((name) => (kept as readonly string[]).includes(name));
}
