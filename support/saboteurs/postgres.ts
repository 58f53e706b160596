import type * as Passing from '../../src/stores/passing.js';
import type * as Fences from '../../src/stores/postgres/fences.js';
import type * as Keys from '../../src/stores/postgres/keys.js';
import { tablesOf } from '../../src/stores/postgres/schema.js';
import type * as Checks from '../../src/stores/postgres/server-checks.js';
import type * as Statements from '../../src/stores/postgres/statements.js';
import type * as Seen from '../../src/stores/seen-history.js';
import { type AnySaboteur, inModule } from './saboteur.js';

const tables = tablesOf('catalog');
const statements = 'src/stores/postgres/statements.ts';
const asleep = { version: 150_000, fsync: 'off', full_page_writes: 'on', synchronous_commit: 'on', in_recovery: false, encoding: 'UTF8' };

/** What keeps the promises of a catalog in PostgreSQL, each broken in one place. */
export const postgresSaboteurs: readonly AnySaboteur[] = [
  inModule<typeof Keys, 'keyOf'>({
    name: 'ids that look alike have rows of their own',
    breaks: 'CAT-FLT-7001',
    by: 'scenario',
    does: 'Two ids that cannot be told from each other are stored beside each other.',
    module: 'src/stores/postgres/keys.ts',
    names: ['keyOf'],
    substitutes: ({ keyOf }) => ({ keyOf: (id) => keyOf(Buffer.from(id).toString('hex')) }),
    shows: ({ keyOf }) => keyOf('a') === keyOf('A'),
  }),
  inModule<typeof Statements, 'writing'>({
    name: 'a revision is left out',
    breaks: 'CAT-FLT-7002',
    by: 'scenario',
    does: 'Each group of changes leaves a revision out before it.',
    module: statements,
    names: ['writing'],
    substitutes: ({ writing }) => ({
      writing: (of) => writing(of).replace('revision = revision + $2::bigint', 'revision = revision + 1 + $2::bigint'),
    }),
    shows: ({ writing }) => writing(tables),
  }),
  inModule<typeof Statements, 'settling'>({
    name: 'a doubtful commit is done again',
    breaks: 'CAT-FLT-7003',
    by: 'scenario',
    does: 'A commit whose answer was lost is taken for one that was not made.',
    module: statements,
    names: ['settling'],
    substitutes: () => ({ settling: () => 'SELECT 1 WHERE $1::uuid IS NULL' }),
    shows: ({ settling }) => settling(tables),
  }),
  inModule<typeof Statements, 'changesAfter'>({
    name: 'the change after a cursor is skipped',
    breaks: 'CAT-FLT-7004',
    by: 'scenario',
    does: 'Who begins after a revision is not told of the next one.',
    module: statements,
    names: ['changesAfter'],
    substitutes: ({ changesAfter }) => ({ changesAfter: (of) => changesAfter(of).replace('revision > $1', 'revision > $1::bigint + 1') }),
    shows: ({ changesAfter }) => changesAfter(tables),
  }),
  inModule<typeof Checks, 'weaknessOf'>({
    name: 'a weak server is as good as any',
    breaks: 'CAT-FLT-7005',
    by: 'scenario',
    does: 'Nothing that a server says of itself keeps a catalog from being opened there.',
    module: 'src/stores/postgres/server-checks.ts',
    names: ['weaknessOf'],
    substitutes: () => ({ weaknessOf: () => undefined }),
    shows: ({ weaknessOf }) => weaknessOf(asleep)?.code,
  }),
  inModule<typeof Seen, 'SeenHistory'>({
    name: 'what was seen is forgotten',
    breaks: 'CAT-FLT-7006',
    by: 'scenario',
    does: 'A server that went back is believed.',
    module: 'src/stores/seen-history.ts',
    names: ['SeenHistory'],
    substitutes: ({ SeenHistory }) => ({
      SeenHistory: class extends SeenHistory {
        override mark(): undefined {}
      },
    }),
    shows: ({ SeenHistory }) => {
      const seen = new SeenHistory();
      seen.take({ lineage: 'one', revision: 1 }, undefined);
      return seen.mark()?.revision;
    },
  }),
  inModule<typeof Fences, 'fenceRefusal'>({
    name: 'a lease that is over guards on',
    breaks: 'CAT-FLT-7007',
    by: 'scenario',
    does: 'A write under a lease is made whoever has the lease by then.',
    module: 'src/stores/postgres/fences.ts',
    names: ['fenceRefusal'],
    substitutes: () => ({ fenceRefusal: () => undefined }),
    shows: ({ fenceRefusal }) => fenceRefusal({ name: 'gc', epoch: 1 }, new Map())?.code,
  }),
  inModule<typeof Passing, 'outlasting'>({
    name: 'nobody waits for a server',
    breaks: 'CAT-FLT-7008',
    by: 'scenario',
    does: 'What a server could not do at once is not tried again.',
    module: 'src/stores/passing.ts',
    names: ['outlasting'],
    substitutes: ({ outlasting }) => ({ outlasting: (work, patience) => outlasting(work, { ...patience, signal: AbortSignal.abort() }) }),
    shows: async ({ outlasting, Passing: NotNow }) => {
      let times = 0;
      const work = async (): Promise<void> => {
        times++;
        if (times === 1) throw new NotNow(new Error('not now'));
      };
      await outlasting(work, { unreachableMs: 10_000 }).catch(() => {});
      return times;
    },
  }),
];
