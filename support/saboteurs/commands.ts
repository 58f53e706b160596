import type * as Hints from '../../src/cli/hints.js';
import type * as Output from '../../src/cli/output.js';
import type * as Verbs from '../../src/cli/verbs.js';
import type * as Errors from '../../src/core/errors.js';
import { CatalogError } from '../../src/core/errors.js';
import type * as Records from '../../src/core/records.js';
import type * as SizeText from '../../src/core/size-text.js';
import type * as EngineVersions from '../../src/engine-versions.js';
import type * as Imports from '../checks/import-directions.js';
import { engineEntry } from '../model-entry.js';
import { inModule, type ModuleSaboteur } from './saboteur.js';

const by = 'scenario';
const noModel = new CatalogError('NotFound', 'there is no model "a"');

const verbMissing = inModule<typeof Verbs, 'verbs'>({
  name: 'a verb is not there',
  breaks: 'CAT-CLI-6201',
  by,
  does: 'The command does not know `register`.',
  module: 'src/cli/verbs.ts',
  names: ['verbs'],
  substitutes: ({ verbs }) => ({ verbs: verbs.filter(({ name }) => name !== 'register') }),
  shows: ({ verbs }) => verbs.map(({ name }) => name),
});

const wordsForPrograms = inModule<typeof Output, 'tellResult'>({
  name: 'programs are told in lines',
  breaks: 'CAT-CLI-6201',
  by,
  does: 'What was asked for as JSON is told as people are told it.',
  module: 'src/cli/output.ts',
  names: ['tellResult'],
  substitutes: ({ tellResult }) => ({ tellResult: (result, { json: _json, ...options }) => tellResult(result, options) }),
  shows: ({ tellResult }) => {
    let isLines = false;
    const lines = (): readonly string[] => {
      isLines = true;
      return [];
    };
    silently(() => tellResult({ document: {}, ids: [], lines }, { json: true }));
    return isLines;
  },
});

const binarySizes = inModule<typeof SizeText, 'sizeText'>({
  name: 'a kilobyte has 1024 bytes',
  breaks: 'CAT-CLI-6202',
  by,
  does: 'Sizes are told in powers of 1024, and called kB all the same.',
  module: 'src/core/size-text.ts',
  names: ['sizeText'],
  substitutes: ({ sizeText }) => ({
    sizeText: (bytes) => sizeText(bytes * (1000 / 1024) ** Math.max(0, Math.floor(Math.log(bytes) / Math.log(1024)))),
  }),
  shows: ({ sizeText }) => sizeText(4_370_000_000),
});

const codesAlike = inModule<typeof Errors, 'exitCodes'>({
  name: 'what is not there fails like a verification',
  breaks: 'CAT-CLI-6203',
  by,
  does: 'Where there is no such model the command ends with 1.',
  module: 'src/core/errors.ts',
  names: ['exitCodes'],
  substitutes: ({ exitCodes }) => ({ exitCodes: { ...exitCodes, NotFound: 1 as never } }),
  shows: ({ exitCodes }) => exitCodes,
});

const refusedWithZero = inModule<typeof Output, 'tellResult'>({
  name: 'an answer that is no ends with 0',
  breaks: 'CAT-CLI-6203',
  by,
  does: 'A verification that failed is told, and the command says that all went well.',
  module: 'src/cli/output.ts',
  names: ['tellResult'],
  substitutes: ({ tellResult }) => ({
    tellResult: (result, options) => {
      tellResult(result, options);
      return 0;
    },
  }),
  shows: ({ tellResult }) => tellResult({ document: {}, ids: [], lines: () => [], exitCode: 1, isTold: true }, {}),
});

const oneHint = inModule<typeof Hints, 'hintFor'>({
  name: 'one hint for all',
  breaks: 'CAT-CLI-6204',
  by,
  does: 'Whatever was wrong, the help of the command is what to read next.',
  module: 'src/cli/hints.ts',
  names: ['hintFor'],
  substitutes: ({ hints }) => ({ hintFor: () => hints.InvalidArgument }),
  shows: ({ hintFor }) => hintFor(noModel),
});

const idWithoutDigest = inModule<typeof Records, 'engineId'>({
  name: 'two builds of an engine have one id',
  breaks: 'CAT-ENG-2401',
  by,
  does: 'The default id of an engine leaves out its digest.',
  module: 'src/core/records.ts',
  names: ['engineId'],
  substitutes: ({ engineId }) => ({ engineId: ({ engine, version }) => engineId({ engine, version }) }),
  shows: ({ engineId }) => engineId(engineEntry('e', { digest: `sha256:${'a'.repeat(64)}` })),
});

const versionsAreTexts = inModule<typeof EngineVersions, 'newestFirst'>({
  name: 'versions are in the order of their letters',
  breaks: 'CAT-ENG-2402',
  by,
  does: 'Version 1.2.0 is newer than 1.10.0.',
  module: 'src/engine-versions.ts',
  names: ['newestFirst'],
  substitutes: () => ({ newestFirst: (a, b) => (a.version < b.version ? 1 : a.version > b.version ? -1 : 0) }),
  shows: ({ newestFirst }) => Math.sign(newestFirst(engineEntry('a', { version: '1.2.0' }), engineEntry('b', { version: '1.10.0' }))),
});

const rangesAreTexts = inModule<typeof EngineVersions, 'isVersion'>({
  name: 'a range is the name of a version',
  breaks: 'CAT-ENG-2402',
  by,
  does: 'An engine is found by its exact version alone.',
  module: 'src/engine-versions.ts',
  names: ['isVersion'],
  substitutes: () => ({ isVersion: (version, wanted) => version === wanted }),
  shows: ({ isVersion }) => isVersion('1.2.0', '^1.0.0'),
});

const reachAllowed = checkingImports('who reaches outside is let through', 'reaches for nothing outside');
const computedAllowed = checkingImports('a module may have a computed name', 'not a literal');

/** Of what the command promises at a terminal and to scripts, of engines that are looked for, and of what may be imported. */
export const commandSaboteurs: readonly ModuleSaboteur[] = [
  verbMissing,
  wordsForPrograms,
  binarySizes,
  codesAlike,
  refusedWithZero,
  oneHint,
  idWithoutDigest,
  versionsAreTexts,
  rangesAreTexts,
  reachAllowed,
  computedAllowed,
];

/** The library's reach is kept by the check of its sources: without it anything could come in. */
function checkingImports(name: string, unsaid: string): ModuleSaboteur {
  return inModule<typeof Imports, 'importViolations'>({
    name,
    breaks: 'CAT-SEC-6001',
    by,
    does: `The gate does not refuse what is "${unsaid}".`,
    module: 'support/checks/import-directions.ts',
    names: ['importViolations'],
    substitutes: ({ importViolations }) => ({
      importViolations: (sources) => importViolations(sources).filter(({ message }) => !message.includes(unsaid)),
    }),
    shows: ({ importViolations }) =>
      importViolations([{ path: 'src/catalog.ts', text: "import 'node:net';\nawait import(name);\n" }]).map(({ message }) => message),
  });
}

/** What is told meanwhile is told to nobody. */
function silently(work: () => void): void {
  const { write } = process.stdout;
  process.stdout.write = () => true;
  try {
    work();
  } finally {
    process.stdout.write = write;
  }
}
