import { dirname, join, resolve } from 'node:path';
import type * as ArtifactStore from '../../src/artifacts/artifact-store.js';
import type * as Contained from '../../src/artifacts/contained.js';
import type * as ContainedPath from '../../src/core/contained-path.js';
import type * as Digests from '../../src/core/digest.js';
import { makeFolderDurably } from '../../src/disk/folders.js';
import type { DiskProgram } from '../../src/disk/program.js';
import type * as EvictModel from '../../src/evict-model.js';
import { answersOf } from './answers.js';
import { attempted, pending } from './records.js';
import { type DiskSaboteur, inModule, type ModuleSaboteur } from './saboteur.js';
import { instead, isIngest, nothing } from './wrapping.js';

const digestModule = 'src/core/digest.ts';
const hex = '0123456789abcdef'.repeat(4);

const blobsWritable: DiskSaboteur = {
  name: 'blobs can be written',
  breaks: 'CAT-BLB-2101',
  by: 'scenario',
  does: 'A blob keeps the mode of an ingest.',
  wrap: instead((step, told) => (step.op === 'change-mode' && isIngest(told.of(step)) ? nothing : undefined)),
};

const alwaysCopies: DiskSaboteur = {
  name: 'blocks are never shared',
  breaks: 'CAT-BLB-2104',
  by: 'scenario',
  does: 'A second copy is written where the file system could share the first.',
  wrap: instead((step) =>
    step.op === 'clone' ? { step: { ...step, op: 'stat', kind: 'Stat', path: '/never/there', follow: false } } : undefined,
  ),
};

const absoluteLinks: DiskSaboteur = {
  name: 'absolute links',
  breaks: 'CAT-BLB-2105',
  by: 'scenario',
  does: 'The links of a model lead nowhere once its root is moved.',
  wrap: instead((step) => (step.op === 'symlink' ? { step: { ...step, target: resolve(dirname(step.path), step.target) } } : undefined)),
};

const linksFollowed: DiskSaboteur = {
  name: 'links are followed at open',
  breaks: 'CAT-IDX-1112',
  by: 'scenario',
  does: 'What a link leads to is opened for what bears its name.',
  wrap: instead((step) => (step.op === 'open' && !step.follow ? { step: { ...step, follow: true } } : undefined)),
};

const visibleUnjudged = inModule<typeof ArtifactStore, 'checkArrival'>({
  name: 'content is not judged before it is visible',
  breaks: 'CAT-BLB-2103',
  by: 'scenario',
  does: 'Content of another digest than was expected is taken.',
  module: 'src/artifacts/artifact-store.ts',
  names: ['checkArrival'],
  substitutes: () => ({ checkArrival: () => {} }),
  shows: ({ checkArrival }) =>
    attempted(() => checkArrival({ digest: `sha256:${hex}`, source: { path: '/a' } } as ArtifactStore.Arrival, `sha256:${'0'.repeat(64)}`)),
});

const bytesBeforeRecord = inModule<typeof EvictModel, 'evictModel'>({
  name: 'bytes go before the record',
  breaks: 'CAT-IDX-1114',
  by: 'scenario',
  does: 'The blobs of a model are removed while its record still names them.',
  module: 'src/evict-model.ts',
  names: ['evictModel'],
  substitutes: ({ evictModel }) => ({
    evictModel: async (context, id, options) => {
      const found = await context.store.models.get(id);
      await context.artifacts.trashFolder();
      for (const file of found?.record.files ?? []) {
        const trashed = await context.artifacts.nameInTrash(file.digest);
        if (trashed === undefined) continue;
        await context.artifacts.takeName(file.digest);
        await context.artifacts.deleteTrash(trashed);
      }
      return evictModel(context, id, options);
    },
  }),
  shows: async ({ evictModel }) => {
    const done: string[] = [];
    await evictModel(removing(done), 'a', {});
    return done;
  },
});

const manifestWithoutPaths = inModule<typeof Digests, 'manifestDigest'>({
  name: 'a manifest without paths',
  breaks: 'CAT-BLB-2106',
  by: 'scenario',
  does: 'Models whose files bear other names have one digest.',
  module: digestModule,
  names: ['manifestDigest'],
  substitutes: ({ manifestDigest }) => ({ manifestDigest: (files) => manifestDigest(files.map((file) => ({ ...file, path: '' }))) }),
  shows: ({ manifestDigest }) => manifestDigest([{ path: 'a', digest: `sha256:${hex}`, bytes: 1 }]),
});

const comparedByPrefix = inModule<typeof Digests, 'sameDigest'>({
  name: 'digests compared by their beginning',
  breaks: 'CAT-DIG-1401',
  by: 'scenario',
  does: 'Digests that begin alike are equal.',
  module: digestModule,
  names: ['sameDigest'],
  substitutes: () => ({ sameDigest: (one, other) => one.slice(0, 23) === other.slice(0, 23) }),
  shows: ({ sameDigest }) => sameDigest(`sha256:${hex}`, `sha256:${hex.slice(0, 63)}0`),
});

const upperCaseAccepted = inModule<typeof Digests, 'parseDigest'>({
  name: 'upper-case digests accepted',
  breaks: 'CAT-DIG-1401',
  by: 'scenario',
  does: 'A digest with an algorithm may be written in upper case.',
  module: digestModule,
  names: ['parseDigest'],
  substitutes: ({ parseDigest }) => ({ parseDigest: (input) => parseDigest(typeof input === 'string' ? input.toLowerCase() : input) }),
  shows: ({ parseDigest }) => attempted(() => parseDigest(`sha256:${hex.toUpperCase()}`)),
});

const anyPathContained = inModule<typeof ContainedPath, 'containedParts'>({
  name: 'any path is inside the root',
  breaks: 'CAT-BLB-2109',
  by: 'scenario',
  does: 'Paths that climb out of the root are used.',
  module: 'src/core/contained-path.ts',
  names: ['containedParts'],
  substitutes: () => ({ containedParts: (path) => path.split('/') }),
  shows: ({ containedParts }) => attempted(() => containedParts('../a')),
});

const linksOnTheWay = inModule<typeof Contained, 'contained' | 'containedFolder' | 'containedFolders' | 'undurableFolder'>({
  name: 'folders that lead outside are used',
  breaks: 'CAT-BLB-2109',
  by: 'scenario',
  does: 'Nobody looks whether a folder on the way is a link.',
  module: 'src/artifacts/contained.ts',
  names: ['contained', 'containedFolder', 'containedFolders', 'undurableFolder'],
  substitutes: ({ containedFolder }) => {
    function* wherever(root: string, path: string): DiskProgram<string> {
      const found = yield { op: 'stat', kind: 'Stat', path: join(root, path), follow: true };
      if (found === undefined) return yield* containedFolder(root, path);
      yield* makeFolderDurably(join(root, path));
      return join(root, path);
    }
    return {
      contained: function* (root, path) {
        return join(root, path);
      },
      containedFolder: wherever,
      containedFolders: function* (root, paths) {
        for (const path of paths) yield* wherever(root, path);
      },
      undurableFolder: wherever,
    };
  },
  shows: ({ contained }) => answersOf(contained('/r', 'a/b'), () => ({ type: 'symlink' })),
});

/** A catalog of one model, that notes what is removed from it. */
function removing(done: string[]): Parameters<typeof EvictModel.evictModel>[0] {
  const record = { ...pending, files: [{ path: 'a', digest: `sha256:${hex}`, bytes: 1 }] };
  const models = { get: async () => ({ record, revision: 1 }), delete: async () => Boolean(done.push('record')), list: async () => [] };
  const artifacts = { trashFolder: async () => '/r/trash', nameInTrash: async () => void done.push('blob'), run: async () => [] };
  const engines = { list: async () => [] };
  return { store: { models, engines }, artifacts, host: { clock: () => 0 } } as unknown as Parameters<typeof EvictModel.evictModel>[0];
}

export const artifactSaboteurs: readonly (ModuleSaboteur | DiskSaboteur)[] = [
  blobsWritable,
  alwaysCopies,
  absoluteLinks,
  linksFollowed,
  visibleUnjudged,
  bytesBeforeRecord,
  manifestWithoutPaths,
  comparedByPrefix,
  upperCaseAccepted,
  anyPathContained,
  linksOnTheWay,
];
