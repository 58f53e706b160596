/**
 * `npm run mutation`: whether a change of what decides is noticed by a scenario. Files may be named: `-- --mutate src/core/ids.ts`. A mutant is
 * in this process alone: features whose scenarios start others, or take long, would tell nothing of it.
 */
const features = [
  ...['adopt', 'catalog', 'collection', 'containment', 'digests', 'disk', 'engines', 'fetching', 'generations', 'headers', 'ids', 'index', 'index-file'],
  ...['locks', 'observability', 'options', 'platform', 'reach', 'records', 'references', 'safe-roots', 'simulated-faults'],
  ...['simulated-machine', 'verification', 'journal', 'journal-catalog', 'journal-recovery', 'journal-scan'],
];

export default {
  plugins: [new URL('./node_modules/@stryker-mutator/cucumber-runner/dist/src/index.js', import.meta.url).href],
  testRunner: 'cucumber',
  cucumber: { profile: 'mutation', features: features.map((name) => `features/${name}.feature`) },
  mutate: ['src/core/**/*.ts'],
  coverageAnalysis: 'perTest',
  ignoreStatic: true,
  concurrency: 2,
  testRunnerNodeArgs: ['--loader', 'ts-node/esm', '--no-warnings'],
  reporters: ['clear-text', 'progress-append-only', 'json'],
  jsonReporter: { fileName: 'reports/mutation.json' },
  tempDirName: '.stryker-tmp',
  // What was built is needed: scenarios import the package by its name.
  ignorePatterns: ['/bench', '/reports', '/.git', '/mutation', '!dist', '!build'],
};
