const suite = {
  paths: ['features/**/*.feature'],
  loader: ['ts-node/esm'],
  import: ['support/source-maps.mjs', 'support/**/*.ts', 'steps/**/*.ts'],
  forbidOnly: true,
};

export default {
  ...suite,
  format: ['./support/closing-line.mjs', 'html:reports/cucumber.html', 'message:reports/cucumber.ndjson'],
};

/** What takes under three minutes: nothing that is slow, and nothing that needs a server or a browser. It judges nothing. */
export const quick = {
  ...suite,
  paths: [],
  tags: 'not (@full or @slow or @forks or @heavy or @browser or @postgres or @etcd)',
  parallel: 2,
  format: ['./support/closing-line.mjs'],
};

/** What is named, and nothing else: paths of a profile are added to those that are given. */
export const part = { ...suite, paths: [], format: ['progress'] };

/** What the full suite runs besides, so that it is known what there is to run; nothing is run. */
export const plan = { ...suite, tags: '@full', dryRun: true, format: ['./support/silence.mjs', 'message:reports/plan.ndjson'] };

/** For who brings a format of its own. */
export const mutation = { ...suite, tags: 'not @full and not @forks and not @heavy' };
