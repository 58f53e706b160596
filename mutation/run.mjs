import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { disks, filesOf, subjects } from './subjects.mjs';

// `npm run mutation` at the root: whether a change of what decides is noticed by a scenario. With names, `npm run mutation -- records disk`, of these
// subjects alone. Fails below the score that is demanded of all together.

const demanded = 85;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const stryker = here('node_modules/@stryker-mutator/core/bin/stryker.js');
/** Where syncs cost nothing, if there is such a place: it takes a third of the time. */
const temporary = fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();

/** The exit code of a command at the root. */
function codeOf(command, words, { cwd = here('..'), env = {} } = {}) {
  return spawnSync(command, words, { cwd, env: { ...process.env, ...env }, stdio: 'inherit' }).status ?? 1;
}

/** Every source that decides is of one subject. */
function checkSubjects() {
  const named = Object.values(subjects).flatMap(filesOf);
  const all = ['core', 'disk'].flatMap((folder) => fs.readdirSync(here(`../src/${folder}`)).map((name) => `src/${folder}/${name}`));
  const left = all.filter((path) => path.endsWith('.ts') && !named.includes(path) && !disks.some((disk) => path === `src/disk/${disk}.ts`));
  const twice = named.filter((path, place) => named.indexOf(path) !== place);
  const gone = named.filter((path) => !path.includes('*') && !all.includes(path));
  for (const [what, paths] of Object.entries({ left, twice, gone })) if (paths.length > 0) throw new Error(`subjects.mjs: ${what}: ${paths.join(', ')}`);
}

/** What became of the mutants of a subject: a compile error or a static one is none of them. */
function countsOf(name) {
  const { files } = JSON.parse(fs.readFileSync(here(`../reports/mutation/${name}.json`), 'utf8'));
  return Object.entries(files).map(([path, { mutants }]) => {
    const of = (...statuses) => mutants.filter(({ status }) => statuses.includes(status));
    return { path, noticed: of('Killed', 'Timeout').length, missed: of('Survived', 'NoCoverage') };
  });
}

const score = (counts) => {
  const noticed = counts.reduce((sum, one) => sum + one.noticed, 0);
  const all = noticed + counts.reduce((sum, { missed }) => sum + missed.length, 0);
  return { noticed, all, percent: all === 0 ? 100 : (100 * noticed) / all };
};

const told = (name, counts) => {
  const { noticed, all, percent } = score(counts);
  return `${percent.toFixed(1).padStart(5)} %  ${`${noticed} of ${all}`.padStart(13)}  ${name}`;
};

checkSubjects();
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(subjects);
const unknown = names.filter((name) => !(name in subjects));
if (unknown.length > 0) throw new Error(`no such subject: ${unknown.join(', ')}; there are ${Object.keys(subjects).join(', ')}`);
if (!fs.existsSync(stryker)) {
  console.error('Stryker is installed (npm ci in mutation/)');
  const code = codeOf('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--legacy-peer-deps'], { cwd: here('.') });
  if (code !== 0) process.exit(code);
}
for (const name of names) {
  const env = { CATALOG_MUTATION: name, TMPDIR: temporary };
  const code = codeOf(process.execPath, [stryker, 'run', 'mutation/stryker.config.mjs'], { env });
  if (code !== 0) process.exit(code);
}
const counts = names.flatMap(countsOf);
for (const { path, missed } of counts) {
  for (const { location, mutatorName, replacement = '', status } of missed) {
    console.log(`${path}:${location.start.line}:${location.start.column} ${status} ${mutatorName} ${replacement.replace(/\s+/g, ' ').slice(0, 100)}`);
  }
}
for (const one of counts) console.log(told(one.path, [one]));
console.log(told(`of ${names.join(', ')}; ${demanded} are demanded`, counts));
process.exitCode = score(counts).percent < demanded ? 1 : 0;
