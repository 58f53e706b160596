import type { PlainVerb, Verb } from './run.js';

/** A verb as the list of verbs shows it. One that has verbs of its own loads nothing. */
interface ListedVerb {
  readonly name: string;
  readonly summary: string;
  readonly load?: () => Promise<Verb | PlainVerb>;
  /** Of one that loads nothing. */
  readonly examples?: readonly string[];
}

/** CAT-CLI-6201. Each is a file of its own, which is loaded when the verb is asked for. */
export const verbs: readonly ListedVerb[] = [
  { name: 'add', summary: 'copy a model into the catalog and verify it', load: async () => (await import('./add.js')).add },
  { name: 'adopt', summary: 'take in the models of another tool where they lie', load: async () => (await import('./adopt.js')).adopt },
  { name: 'register', summary: 'note a model whose bytes are yet to come', load: async () => (await import('./register.js')).register },
  { name: 'ls', summary: 'list the models', load: async () => (await import('./ls.js')).ls },
  { name: 'show', summary: 'tell all about one model', load: async () => (await import('./show.js')).show },
  { name: 'locate', summary: 'print the path of a model', load: async () => (await import('./locate.js')).locate },
  { name: 'exists', summary: 'tell by the exit code whether a model is there', load: async () => (await import('./exists.js')).exists },
  {
    name: 'verify',
    summary: 'read the bytes of a model, or of all, and compare them',
    load: async () => (await import('./verify.js')).verify,
  },
  { name: 'probe', summary: 'tell from headers whether files are cut off', load: async () => (await import('./probe.js')).probe },
  { name: 'state', summary: 'change the state of a model', load: async () => (await import('./state.js')).state },
  { name: 'rm', summary: 'remove a model and what nothing else needs', load: async () => (await import('./rm.js')).rm },
  { name: 'evict', summary: 'the same as rm', load: async () => (await import('./rm.js')).evict },
  { name: 'pin', summary: 'keep a model from being removed', load: async () => (await import('./pin.js')).pin },
  { name: 'unpin', summary: 'let a model be removed again', load: async () => (await import('./unpin.js')).unpin },
  { name: 'why', summary: 'tell what keeps a file', load: async () => (await import('./why.js')).why },
  { name: 'gc', summary: 'remove what nothing needs, and models over a budget', load: async () => (await import('./gc.js')).gc },
  { name: 'df', summary: 'tell what takes room, and what could be freed', load: async () => (await import('./df.js')).df },
  { name: 'dedupe', summary: 'replace copies in the root by links', load: async () => (await import('./dedupe.js')).dedupe },
  { name: 'watch', summary: 'tell of changes as they come', load: async () => (await import('./watch.js')).watch },
  { name: 'sync', summary: 'follow a fleet, and tell it what this node holds', load: async () => (await import('./sync.js')).sync },
  { name: 'where', summary: 'tell which nodes of the fleet hold a model', load: async () => (await import('./where.js')).where },
  { name: 'log', summary: 'tell who changed what, when and why', load: async () => (await import('./log.js')).log },
  { name: 'at', summary: 'list the models and engines of an earlier time', load: async () => (await import('./at.js')).at },
  { name: 'diff', summary: 'tell what became of each record between two times', load: async () => (await import('./diff.js')).diff },
  { name: 'snapshot', summary: 'copy the catalog and its history', load: async () => (await import('./snapshot.js')).snapshot },
  {
    name: 'migrate',
    summary: 'move the catalog into another store, or copy it to a fleet',
    load: async () => (await import('./migrate.js')).migrate,
  },
  { name: 'doctor', summary: 'look the catalog over, changing nothing', load: async () => (await import('./doctor.js')).doctor },
  { name: 'platform', summary: 'tell what this machine can do', load: async () => (await import('./platform.js')).platform },
  { name: 'metrics', summary: 'print what the catalog holds, for Prometheus', load: async () => (await import('./metrics.js')).metrics },
  { name: 'report', summary: 'show what the catalog holds, as a page with charts', load: async () => (await import('./report.js')).report },
  {
    name: 'conformance',
    summary: 'put a store to the test, yours or ours',
    load: async () => (await import('./conformance.js')).conformance,
  },
  { name: 'repair', summary: 'bring a damaged catalog back', load: async () => (await import('./repair.js')).repair },
  {
    name: 'engine',
    summary: 'add, list, show and remove engines',
    examples: ['catalog engine ls', 'catalog engine show llama.cpp:1.2.3', 'catalog engine add --help'],
  },
  { name: 'engine add', summary: 'note an engine', load: async () => (await import('./engine-add.js')).engineAdd },
  { name: 'engine ls', summary: 'list the engines, newest first', load: async () => (await import('./engine-ls.js')).engineLs },
  { name: 'engine show', summary: 'tell all about one engine', load: async () => (await import('./engine-show.js')).engineShow },
  {
    name: 'engine correlate',
    summary: 'tell a model and an engine in one record',
    load: async () => (await import('./engine-correlate.js')).engineCorrelate,
  },
  { name: 'engine rm', summary: 'remove an engine', load: async () => (await import('./engine-rm.js')).engineRm },
  {
    name: 'trace',
    summary: 'trace a specification to what proves it',
    examples: ['catalog trace report', 'catalog trace gate --level SHOULD', 'catalog trace explain --help'],
  },
  {
    name: 'trace report',
    summary: 'write what proves each requirement',
    load: async () => (await import('./trace-report.js')).traceReport,
  },
  {
    name: 'trace gate',
    summary: 'judge whether every requirement is proved',
    load: async () => (await import('./trace-gate.js')).traceGate,
  },
  {
    name: 'trace explain',
    summary: 'tell one requirement from its text to what proves it',
    load: async () => (await import('./trace-explain.js')).traceExplain,
  },
  {
    name: 'trace accept',
    summary: 'note what is covered and what is open',
    load: async () => (await import('./trace-accept.js')).traceAccept,
  },
  { name: 'trace diff', summary: 'tell what became of each requirement', load: async () => (await import('./trace-diff.js')).traceDiff },
  {
    name: 'completion',
    summary: 'print what makes a shell complete verbs, options and ids',
    load: async () => (await import('./completion.js')).completion,
  },
];
