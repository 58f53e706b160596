export default {
  paths: ['features/**/*.feature'],
  loader: ['ts-node/esm'],
  import: ['support/source-maps.mjs', 'support/**/*.ts', 'steps/**/*.ts'],
  format: ['./support/closing-line.mjs', 'html:reports/cucumber.html', 'message:reports/cucumber.ndjson'],
  forbidOnly: true,
};
