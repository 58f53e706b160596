import type { Case } from '../../src/conformance/case.js';
import type * as Cases from '../../src/conformance/cases.js';
import type * as Expecting from '../../src/conformance/expecting.js';
import type * as Checks from '../../src/conformance/histories/check.js';
import type { FaultKind, History } from '../../src/conformance/histories/history.js';
import type * as JsonLines from '../../src/conformance/json-lines.js';
import type * as Loading from '../../src/conformance/load.js';
import type * as Junit from '../../src/conformance/reports/junit.js';
import type * as Reports from '../../src/conformance/reports/report.js';
import type * as Running from '../../src/conformance/run.js';
import type { StoreVerdict } from '../../src/conformance/run.js';
import { plantedHistories } from '../conformance/planted-histories.js';
import { attempted } from './records.js';
import { inModule, type ModuleSaboteur } from './saboteur.js';

/** Saboteurs of the kit itself: a kit that finds nothing says that every store conforms. */
const by = 'scenario';
const caseModule = 'src/conformance/cases.ts';
const reportModule = 'src/conformance/reports/report.ts';

const brokenPasses = inModule<typeof Expecting, 'expectEqual'>({
  name: 'whatever a store gives is what was expected',
  breaks: 'CAT-CNF-5201',
  by,
  does: 'A case does not look whether it was given what it expects.',
  module: 'src/conformance/expecting.ts',
  names: ['expectEqual'],
  substitutes: () => ({ expectEqual: () => {} }),
  shows: ({ expectEqual }) => attempted(() => expectEqual(1, 2, 'a number')),
});

const levelIgnored = running('the level that was asked for is ignored', 'CAT-CNF-5201', 'All levels are run, whatever was asked for.', {
  asked: ({ levels: _any, ...options }) => options,
});

const citesNothing = changedCases('a case cites nothing', 'CAT-CNF-5201', 'Nobody is told which requirement a case shows.', (one) => ({
  ...one,
  requirements: [],
}));

const endsWell = inModule<typeof Reports, 'exitCodeOf'>({
  name: 'a broken store ends the command with 0',
  breaks: 'CAT-CNF-5201',
  by,
  does: 'The exit code says that every claim was shown.',
  module: reportModule,
  names: ['exitCodeOf'],
  substitutes: ({ exitCodeOf }) => ({ exitCodeOf: (report) => (exitCodeOf(report) === 1 ? 0 : exitCodeOf(report)) }),
  shows: ({ exitCodeOf, reportOf }) => exitCodeOf(reportOf([brokenVerdict])),
});

const unclaimedPasses = running('what is not claimed counts as shown', 'CAT-CNF-5202', 'A store passes where it claims nothing.', {
  told: (verdict) => ({ ...verdict, cases: verdict.cases.map((one) => (one.status === 'unsupported' ? { ...one, status: 'pass' } : one)) }),
});

const nobodyAsks = changedCases(
  'nobody asks for what is not claimed',
  'CAT-CNF-5202',
  'Whether a store refuses what it does not claim is not looked at.',
  ({ refuses: _any, ...one }) => one,
);

const greenBadge = inModule<typeof Reports, 'badgeOf'>({
  name: 'the badge is always green',
  breaks: 'CAT-CNF-5203',
  by,
  does: 'A badge says that a store conforms, whatever was broken.',
  module: reportModule,
  names: ['badgeOf'],
  substitutes: ({ badgeOf }) => ({ badgeOf: (verdict) => badgeOf({ ...verdict, totals: { ...verdict.totals, fail: 0, error: 0 } }) }),
  shows: ({ badgeOf }) => badgeOf(brokenVerdict),
});

const unverified = inModule<typeof Junit, 'junitOf'>({
  name: 'JUnit does not tell what is verified',
  breaks: 'CAT-CNF-5203',
  by,
  does: 'The cases of the JUnit report have no requirements.',
  module: 'src/conformance/reports/junit.ts',
  names: ['junitOf'],
  substitutes: ({ junitOf }) => ({ junitOf: (report) => junitOf(report).replaceAll(/<property name="verifies"[^>]*>/g, '') }),
  shows: ({ junitOf }) => junitOf({ schema: 1, stores: [brokenVerdict] }),
});

const lostUpdates = blindFor('lost update', 'two puts on one revision');
const skippedChanges = blindFor('skipped change', 'a watcher that skips');
const staleReads = blindFor('stale read', 'a read of what was replaced');

const refusalsAnswer = jsonLines(
  'what a program refuses is done',
  'A program in another language that refuses to put a record has put it.',
  (own) => ({ ...own, put: async (record, options) => own.put(record, options).catch(() => ({ record, revision: 1 })) }),
);

const nothingIsSomething = jsonLines(
  'what is not there is null',
  'A program that has no such record gives a record that is null.',
  (own) => ({
    ...own,
    get: async (id) => (await own.get(id)) ?? (null as never),
  }),
);

const anotherStore = inModule<typeof Loading, 'loadModule'>({
  name: 'the journal store is the memory store',
  breaks: 'CAT-CNF-5206',
  by,
  does: 'Who asks for one of our own stores is given another one.',
  module: 'src/conformance/load.ts',
  names: ['loadModule'],
  substitutes: ({ loadModule }) => ({ loadModule: (given) => loadModule(given === 'journal' ? 'memory' : given) }),
  shows: async ({ loadModule }) => (await loadModule('journal')).name,
});

const levelLeftOut = inModule<typeof Cases, 'cases'>({
  name: 'our own stores are not killed',
  breaks: 'CAT-CNF-5206',
  by,
  does: 'The level crash is left out.',
  module: caseModule,
  names: ['cases'],
  substitutes: ({ cases }) => ({ cases: cases.filter(({ level }) => level !== 'crash') }),
  shows: ({ cases }) => new Set(cases.map(({ level }) => level)).size,
});

export const conformanceSaboteurs: readonly ModuleSaboteur[] = [
  brokenPasses,
  levelIgnored,
  citesNothing,
  endsWell,
  unclaimedPasses,
  nobodyAsks,
  greenBadge,
  unverified,
  lostUpdates,
  skippedChanges,
  staleReads,
  refusalsAnswer,
  nothingIsSomething,
  anotherStore,
  levelLeftOut,
];

const none = { pass: 0, fail: 0, unsupported: 0, disabled: 0, 'not-applicable': 0, error: 0 };
const brokenVerdict: StoreVerdict = {
  store: 'one',
  claims: { durable: 'none', multiProcess: false, watch: 'none', history: false, gapless: true, levels: ['core'] },
  cases: [{ id: 'core.a', level: 'core', title: 'A', requirements: ['CAT-IDX-1101'], status: 'fail', message: 'no', duration_ms: 1 }],
  totals: { ...none, pass: 1, fail: 1 },
};

interface Changed {
  readonly asked?: (options: Running.ConformanceOptions) => Running.ConformanceOptions;
  readonly told?: (verdict: StoreVerdict) => StoreVerdict;
}

function running(name: string, breaks: string, does: string, { asked = (same) => same, told = (same) => same }: Changed): ModuleSaboteur {
  return inModule<typeof Running, 'runConformance'>({
    ...{ name, breaks, by, does, module: 'src/conformance/run.ts', names: ['runConformance'] },
    substitutes: ({ runConformance }) => ({
      runConformance: async (module, options = {}) => told(await runConformance(module, asked(options))),
    }),
    shows: async ({ runConformance }) => {
      const { default: memory } = await import('../../src/conformance/stores/memory.js');
      const { cases } = await runConformance(memory, { levels: ['history'], only: ['history.told', 'core.order'] });
      return cases.map(({ id, status }) => `${id} ${status}`);
    },
  });
}

function changedCases(name: string, breaks: string, does: string, change: (one: Case) => Case): ModuleSaboteur {
  return inModule<typeof Cases, 'cases'>({
    ...{ name, breaks, by, does, module: caseModule, names: ['cases'] },
    substitutes: ({ cases }) => ({ cases: cases.map(change) }),
    shows: ({ cases }) => cases.map(({ requirements, refuses }) => [requirements.length, refuses === undefined]),
  });
}

function blindFor(kind: FaultKind, planted: string): ModuleSaboteur {
  return inModule<typeof Checks, 'historyFaults'>({
    ...{ name: `no ${kind} is seen`, breaks: 'CAT-CNF-5204', by, does: `A history with a ${kind} is sound.` },
    ...{ module: 'src/conformance/histories/check.ts', names: ['historyFaults'] },
    substitutes: ({ historyFaults }) => ({ historyFaults: (history) => historyFaults(history).filter((fault) => fault.kind !== kind) }),
    shows: ({ historyFaults }) => historyFaults(plantedHistories[planted] as History).map((fault) => fault.kind),
  });
}

type Models = Awaited<ReturnType<ReturnType<typeof JsonLines.jsonLinesStore>['create']>>['models'];

function jsonLines(name: string, does: string, change: (own: Models) => Models): ModuleSaboteur {
  return inModule<typeof JsonLines, 'jsonLinesStore'>({
    ...{ name, breaks: 'CAT-CNF-5205', by, does, module: 'src/conformance/json-lines.ts', names: ['jsonLinesStore'] },
    substitutes: ({ jsonLinesStore }) => ({
      jsonLinesStore: (options) => {
        const module = jsonLinesStore(options);
        return {
          ...module,
          create: async (context) => {
            const store = await module.create(context);
            return { ...store, models: change(store.models) };
          },
        };
      },
    }),
    shows: async ({ jsonLinesStore }) => {
      const claims = { durable: 'none', multiProcess: false, history: false, gapless: true, levels: [] } as const;
      const module = jsonLinesStore({ name: 'one', claims: { ...claims, levels: [] }, command: [process.execPath, '-e', refusing] });
      const store = await module.create({ location: '/', signal: new AbortController().signal });
      const told = [
        await store.models.put({ id: 'a' } as never).then(
          () => 'done',
          () => 'refused',
        ),
        (await store.models.get('a')) === undefined,
      ];
      await store.close();
      return told;
    },
  });
}

/** A program that puts nothing and has nothing. */
const refusing = `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, op } = JSON.parse(line);
  console.log(JSON.stringify(op === 'put' ? { id, error: { code: 'InvalidRecord' } } : { id, result: null }));
});`;
