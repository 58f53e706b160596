import { hashingOn } from '../../src/artifacts/hashing.js';
import type { CatalogContext } from '../../src/catalog-context.js';
import { blobPath } from '../../src/core/model-layout.js';
import type { EngineEntry, ModelEntry } from '../../src/core/records.js';
import type * as Correlating from '../../src/correlate.js';
import type * as Dedupe from '../../src/dedupe.js';
import { hostOf } from '../../src/disk/host.js';
import { type Run, run } from '../../src/disk/program.js';
import { SimulatedDisk } from '../../src/disk/simulated-disk.js';
import type * as Usage from '../../src/usage.js';
import type * as VerifyAll from '../../src/verify-all.js';
import { attempted, pending } from './records.js';
import { inModule, type ModuleSaboteur } from './saboteur.js';

const root = '/home/user/models';
const digest = `sha256:${'0123456789abcdef'.repeat(4)}` as const;
const shown: ModelEntry = { ...pending, digest, files: [{ path: 'a', digest, bytes: 7 }], mode: 'copy', local_path: 'models/a/a' };

const abortedIsComplete = inModule<typeof VerifyAll, 'verifyAll'>({
  name: 'a run that was aborted says that it is complete',
  breaks: 'CAT-DIG-1406',
  by: 'scenario',
  does: 'That models were left out is not told.',
  module: 'src/verify-all.ts',
  names: ['verifyAll'],
  substitutes: ({ verifyAll }) => ({ verifyAll: async (...asked) => ({ ...(await verifyAll(...asked)), complete: true }) }),
  shows: async ({ verifyAll }) => (await verifyAll(contextOf([shown]), { signal: AbortSignal.abort() })).complete,
});

const failureIsSkipped = inModule<typeof VerifyAll, 'verifyAll'>({
  name: 'what has failed is counted as skipped',
  breaks: 'CAT-DIG-1406',
  by: 'scenario',
  does: 'A damaged model is told of as one that was not read.',
  module: 'src/verify-all.ts',
  names: ['verifyAll'],
  substitutes: ({ verifyAll }) => ({
    verifyAll: async (...asked) => {
      const report = await verifyAll(...asked);
      return { ...report, failed: 0, checked: report.checked - report.failed, skipped: report.skipped + report.failed };
    },
  }),
  shows: async ({ verifyAll }) => (await verifyAll(contextOf([{ ...shown, declared: `blake3:${digest.slice(7)}` }]), {})).failed,
});

const blobsBelieved = inModule<typeof Dedupe, 'dedupe'>({
  name: 'copies are replaced by blobs that nobody read',
  breaks: 'CAT-ADO-2204',
  by: 'scenario',
  does: 'A blob counts as what its name says, whatever its bytes are.',
  module: 'src/dedupe.ts',
  names: ['dedupe'],
  substitutes: ({ dedupe }) => ({ dedupe: (context, options) => dedupe({ ...context, hashing: believing(context.hashing) }, options) }),
  shows: async ({ dedupe }) => (await dedupe(contextOf([]), { dryRun: true })).replaced.length,
});

const sharedNotCounted = inModule<typeof Usage, 'usageOf'>({
  name: 'what models share is not counted',
  breaks: 'CAT-ADO-2204',
  by: 'scenario',
  does: 'Two models of one content look as if nothing were saved.',
  module: 'src/usage.ts',
  names: ['usageOf'],
  substitutes: ({ usageOf }) => ({ usageOf: async (context) => ({ ...(await usageOf(context)), shared_bytes: 0 }) }),
  shows: async ({ usageOf }) => (await usageOf(contextOf([shown, { ...shown, id: 'b' }]))).shared_bytes,
});

const failedCorrelated = inModule<typeof Correlating, 'correlate'>({
  name: 'a model that failed is correlated',
  breaks: 'CAT-ENG-2403',
  by: 'scenario',
  does: 'Bytes that nobody vouches for count as those of a reproducible run.',
  module: 'src/correlate.ts',
  names: ['correlate'],
  substitutes: ({ correlate }) => ({ correlate: (context, ...ids) => correlate(trusting(context), ...ids) }),
  shows: ({ correlate }) =>
    correlate(contextOf([shown]), 'a', 'e').then(
      () => 'correlated',
      (error) =>
        attempted(() => {
          throw error;
        }),
    ),
});

export const sharingSaboteurs: readonly ModuleSaboteur[] = [
  abortedIsComplete,
  failureIsSkipped,
  blobsBelieved,
  sharedNotCounted,
  failedCorrelated,
];

/** A catalog of these models, with a blob that is damaged, and the file that should be a link to it. */
function contextOf(entries: readonly ModelEntry[]): CatalogContext {
  const disk = new SimulatedDisk({ root: [root], chunkBytes: 4096 });
  const content = 'a model';
  disk.plant(`${root}/${blobPath(digestOfContent)}`, 'a mudel', 0o444).plant(`${root}/models/a/a`, content);
  const there: Run = (program) => run(program, disk);
  const engine: EngineEntry = { id: 'e', engine: 'e', version: '1', artifacts: [], binary_path: '/e', created_ms: 0 };
  const models = {
    list: async () => entries.map((record) => ({ record, revision: 1 })),
    get: async () => ({ record: entries[0], revision: 1 }),
  };
  const engines = { list: async () => [], get: async () => ({ record: engine, revision: 1 }) };
  const artifacts = { root, run: there, isClaimed: async () => false, trashed: async () => [] };
  const telling = { verified: () => {} };
  const context = {
    store: { models, engines },
    artifacts,
    hashing: hashingOn(there),
    host: hostOf(disk, {}),
    prepare: async () => {},
    telling,
  };
  return context as unknown as CatalogContext;
}

/** Of `a model`. */
const digestOfContent = 'sha256:97ff8a35544dcf40ad84047074439dd6aa3a0be469ea578a1b1c017d939ec61c';

function believing(hashing: CatalogContext['hashing']): CatalogContext['hashing'] {
  return {
    most: hashing.most,
    close: () => hashing.close(),
    read: async (path, work) => {
      const found = await hashing.read(path, work);
      const hex = /\/blobs\/sha256\/..\/([0-9a-f]{64})$/.exec(path)?.[1];
      return hex !== undefined && found.kind === 'content' ? { ...found, digest: `sha256:${hex}` } : found;
    },
  };
}

function trusting(context: CatalogContext): CatalogContext {
  const { models, engines } = context.store;
  const get = async (id: string) => {
    const found = await models.get(id);
    return found && { ...found, record: { ...found.record, state: 'Active' as const, trust_state: 'warned' as const } };
  };
  return { ...context, store: { models: { get }, engines } as unknown as CatalogContext['store'] };
}
