/** `npm run mutation`: whether a change of what decides is noticed by a scenario. Files may be named: `-- --mutate src/core/ids.ts`. */
export default {
  plugins: [new URL('./node_modules/@stryker-mutator/cucumber-runner/dist/src/index.js', import.meta.url).href],
  testRunner: 'cucumber',
  cucumber: { profile: 'mutation', features: (process.env.MUTATION_FEATURES ?? 'features/ids.feature').split(',') },
  mutate: ['src/core/**/*.ts'],
  coverageAnalysis: 'perTest',
  ignoreStatic: true,
  concurrency: 2,
  testRunnerNodeArgs: ['--loader', 'ts-node/esm', '--no-warnings'],
  reporters: ['clear-text', 'progress-append-only', 'json'],
  jsonReporter: { fileName: 'reports/mutation.json' },
  tempDirName: '.stryker-tmp',
  ignorePatterns: ['/bench', '/reports', '/.git', '/mutation', '!dist', '!build'],
  disableTypeChecks: false,
  allowEmpty: false,
};
