import type * as Counting from '../../src/adopt/counting.js';
import { Findings } from '../../src/adopt/found.js';
import type * as Looking from '../../src/adopt/looking.js';
import type * as Reading from '../../src/adopt/reading.js';
import type { CatalogContext } from '../../src/catalog-context.js';
import { refusal } from '../../src/core/errors.js';
import type { DiskProgram } from '../../src/disk/program.js';
import type * as Drift from '../../src/drift.js';
import { attempted, pending } from './records.js';
import { inModule, type ModuleSaboteur } from './saboteur.js';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}` as const;
const files = [{ path: 'a.gguf', digest, bytes: 1, identity: '1:2:1:4:5' }];
const looked = [1, 2].map((inode) => ({
  ...{ name: 'a.gguf', path: `/${inode}/a.gguf`, bytes: 1, promised: {}, digest },
  ...{ identity: `1:${inode}:1:4:5`, inode: `1:${inode}` },
}));

const knowsNothing = inModule<typeof Looking, 'knownContent'>({
  name: 'what was adopted is not known again',
  breaks: 'CAT-ADO-2201',
  by: 'scenario',
  does: 'Adopting again hashes every file once more.',
  module: 'src/adopt/looking.ts',
  names: ['knownContent'],
  substitutes: ({ knownContent }) => ({ knownContent: (entries) => ({ ...knownContent(entries), digests: new Map() }) }),
  shows: ({ knownContent }) => [...knownContent([{ ...pending, files }]).digests],
});

const namesBelieved = inModule<typeof Looking, 'lookAt'>({
  name: 'names are believed',
  breaks: 'CAT-ADO-2202',
  by: 'scenario',
  does: 'A file whose name is a digest is not hashed: what is corrupt is adopted as good.',
  module: 'src/adopt/looking.ts',
  names: ['lookAt'],
  substitutes: ({ lookAt }) => ({
    *lookAt(candidate, known) {
      const found = yield* lookAt(candidate, known);
      return found.map((file) => ({ ...file, digest: file.digest ?? file.promised.sha256 }));
    },
  }),
  shows: ({ lookAt }) => {
    const promised = { sha256: digest };
    const candidate = { id: 'a', source: '/a', folder: '/', files: [{ name: 'a.gguf', path: '/a.gguf', bytes: 1, promised }] };
    const program = lookAt(candidate, { digests: new Map(), copies: new Map() });
    program.next();
    const status = { type: 'file', device: 1n, inode: 2n, size: 1, mode: 0, links: 1, owner: 0, mtimeNs: 4n, ctimeNs: 5n };
    return program.next(status).value as unknown;
  },
});

const firstDamageStops = inModule<typeof Reading, 'attempt'>({
  name: 'what is broken stops the rest',
  breaks: 'CAT-ADO-2202',
  by: 'scenario',
  does: 'One damaged manifest ends the adoption of a store.',
  module: 'src/adopt/reading.ts',
  names: ['attempt'],
  substitutes: () => ({
    *attempt(_findings, _path, program) {
      return yield* program;
    },
  }),
  shows: ({ attempt }) => attempted(() => attempt(new Findings('/'), '/a', refused()).next().done),
});

const linksLeadAnywhere = inModule<typeof Reading, 'checkInside'>({
  name: 'links lead anywhere',
  breaks: 'CAT-ADO-2202',
  by: 'scenario',
  does: 'A link out of a store is followed.',
  module: 'src/adopt/reading.ts',
  names: ['checkInside'],
  substitutes: () => ({
    *checkInside() {},
  }),
  shows: ({ checkInside }) => checkInside(new Findings('/place'), '/place/a').next().done,
});

const driftUnseen = inModule<typeof Drift, 'driftOf'>({
  name: 'drift is not seen',
  breaks: 'CAT-ADO-2203',
  by: 'scenario',
  does: 'A file that changed since it was verified is reported as good.',
  module: 'src/drift.ts',
  names: ['driftOf'],
  substitutes: () => ({ driftOf: async () => [] }),
  shows: ({ driftOf }) => {
    let looks = 0;
    const artifacts = { root: '/', run: async () => looks++ } as unknown as CatalogContext['artifacts'];
    void driftOf({ artifacts } as CatalogContext, [{ ...pending, files, local_path: '/a.gguf' }]);
    return looks;
  },
});

const duplicatesUncounted = inModule<typeof Counting, 'duplicateBytes'>({
  name: 'duplicates are not counted',
  breaks: 'CAT-ADO-2204',
  by: 'scenario',
  does: 'Bytes that lie on a machine twice count as if they lay there once.',
  module: 'src/adopt/counting.ts',
  names: ['duplicateBytes'],
  substitutes: () => ({ duplicateBytes: () => 0 }),
  shows: ({ duplicateBytes }) => duplicateBytes(looked, { digests: new Map(), copies: new Map() }),
});

export const adoptingSaboteurs: readonly ModuleSaboteur[] = [
  knowsNothing,
  namesBelieved,
  firstDamageStops,
  linksLeadAnywhere,
  driftUnseen,
  duplicatesUncounted,
];

function* refused(): DiskProgram<void> {
  throw refusal('InvalidRecord', 'it is damaged');
}
