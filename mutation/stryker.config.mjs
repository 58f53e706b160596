import { filesOf, subjects } from './subjects.mjs';

// `npm run mutation` (run.mjs) says which subject.
const name = process.env.CATALOG_MUTATION ?? '';
const subject = subjects[name];

export default {
  plugins: [new URL('./node_modules/@stryker-mutator/cucumber-runner/dist/src/index.js', import.meta.url).href],
  testRunner: 'cucumber',
  cucumber: { profile: 'mutation', features: subject.features.map((feature) => `features/${feature}.feature`) },
  mutate: filesOf(subject),
  coverageAnalysis: 'perTest',
  ignoreStatic: true,
  concurrency: 2,
  // Beside half as much again as its scenarios take; what waits for ever is what takes long.
  timeoutMS: 2500,
  dryRunTimeoutMinutes: 20,
  testRunnerNodeArgs: ['--loader', 'ts-node/esm', '--no-warnings'],
  reporters: ['progress-append-only', 'json'],
  jsonReporter: { fileName: `reports/mutation/${name}.json` },
  tempDirName: '.stryker-tmp',
  // What was built is needed: scenarios import the package by its name.
  ignorePatterns: ['/bench', '/reports', '/.git', '/mutation', '!dist', '!build'],
};
