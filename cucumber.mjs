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

/** What is named, and nothing else: paths of a profile are added to those that are given. */
export const part = { ...suite, paths: [], format: ['progress'] };

/** What there is to run, with every tag; nothing is run. */
export const plan = { ...suite, dryRun: true, format: ['./support/silence.mjs', 'message:reports/plan.ndjson'] };

/** For who brings a format of its own. */
export const mutation = { ...suite, tags: 'not @full and not @forks and not @heavy' };
