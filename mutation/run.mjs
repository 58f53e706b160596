import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { disks, filesOf, subjects } from './subjects.mjs';

// `npm run mutation` at the root: whether a change of what decides is noticed by a scenario. With names, `npm run mutation -- records disk`, of these
// subjects alone; with `--again` only the lines on which the last run of them missed something. Fails below the score that is demanded of all together.

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
  const gone = named.filter((path) => !fs.existsSync(here(`../${path}`)));
  for (const [what, paths] of Object.entries({ left, twice, gone })) if (paths.length > 0) throw new Error(`subjects.mjs: ${what}: ${paths.join(', ')}`);
}

/** What a run told of a subject. */
const reportOf = (name) => here(`../reports/mutation/${name}.json`);
const told = (name) => JSON.parse(fs.readFileSync(reportOf(name), 'utf8'));

const isMissed = ({ status }) => status === 'Survived' || status === 'NoCoverage';

/** The lines on which something was missed, and the files that were not tried as they are. */
function missedIn(name, files) {
  const fresh = filesOf(subjects[name]).filter((path) => !(path in files));
  const missed = Object.entries(files).flatMap(([path, { mutants }]) => {
    const lines = new Set(mutants.filter(isMissed).map(({ location }) => `${location.start.line}-${location.end.line}`));
    return [...lines].map((range) => `${path}:${range}`);
  });
  return [...fresh, ...missed];
}

/** Tries these mutants of a subject, or all of them; gives the exit code. */
function tried(name, lines = []) {
  const env = { CATALOG_MUTATION: name, TMPDIR: temporary };
  return codeOf(process.execPath, [stryker, 'run', 'mutation/stryker.config.mjs', ...(lines.length > 0 ? ['--mutate', lines.join(',')] : [])], { env });
}

/** Tries what was missed, and keeps what was noticed before: scenarios have been added, and none was taken away. */
function triedAgain(name) {
  const isStill = ([path, { source }]) =>
    filesOf(subjects[name]).includes(path) && source === fs.readFileSync(here(`../${path}`), 'utf8');
  const before = Object.fromEntries(Object.entries(told(name).files).filter(isStill));
  const lines = missedIn(name, before);
  const code = lines.length === 0 ? 0 : tried(name, lines);
  if (code !== 0 || lines.length === 0) return code;
  const keyOf = ({ location, mutatorName, replacement }) => JSON.stringify([location, mutatorName, replacement]);
  const report = told(name);
  for (const [path, { mutants }] of Object.entries(before)) {
    const now = new Map((report.files[path]?.mutants ?? []).map((mutant) => [keyOf(mutant), mutant]));
    const file = { ...before[path], mutants: mutants.map((mutant) => (isMissed(mutant) ? (now.get(keyOf(mutant)) ?? mutant) : mutant)) };
    report.files[path] = file;
  }
  fs.writeFileSync(reportOf(name), JSON.stringify(report));
  return 0;
}

/** What became of the mutants of a subject: one that does not compile, and one of what is computed when a module is loaded, counts for nothing. */
function countsOf(name) {
  return Object.entries(told(name).files).map(([path, { mutants }]) => {
    const noticed = mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout').length;
    return { path, noticed, missed: mutants.filter(isMissed) };
  });
}

const score = (counts) => {
  const noticed = counts.reduce((sum, one) => sum + one.noticed, 0);
  const all = noticed + counts.reduce((sum, { missed }) => sum + missed.length, 0);
  return { noticed, all, percent: all === 0 ? 100 : (100 * noticed) / all };
};

const lineOf = (name, counts) => {
  const { noticed, all, percent } = score(counts);
  return `${percent.toFixed(1).padStart(5)} %  ${`${noticed} of ${all}`.padStart(13)}  ${name}`;
};

checkSubjects();
const isAgain = process.argv.includes('--again');
const named = process.argv.slice(2).filter((word) => word !== '--again');
const names = named.length > 0 ? named : Object.keys(subjects);
const unknown = names.filter((name) => !(name in subjects));
if (unknown.length > 0) throw new Error(`no such subject: ${unknown.join(', ')}; there are ${Object.keys(subjects).join(', ')}`);
if (!fs.existsSync(stryker)) {
  console.error('Stryker is installed (npm ci in mutation/)');
  const code = codeOf('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--legacy-peer-deps'], { cwd: here('.') });
  if (code !== 0) process.exit(code);
}
for (const name of names) {
  const code = isAgain ? triedAgain(name) : tried(name);
  if (code !== 0) process.exit(code);
}
const counts = names.flatMap(countsOf);
for (const { path, missed } of counts) {
  for (const { location, mutatorName, replacement = '', status } of missed) {
    console.log(`${path}:${location.start.line}:${location.start.column} ${status} ${mutatorName} ${replacement.replace(/\s+/g, ' ').slice(0, 100)}`);
  }
}
for (const one of counts) console.log(lineOf(one.path, [one]));
console.log(lineOf(`of ${names.join(', ')}; ${demanded} are demanded`, counts));
process.exitCode = score(counts).percent < demanded ? 1 : 0;
