import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dirSync } from 'tmp-promise';
import { projectRoot, readSources } from '../checks/sources.js';
import { isCommand } from '../is-command.js';
import { saboteurs } from '../saboteurs/catalogue.js';
import type { AnySaboteur } from '../saboteurs/saboteur.js';
import { keepLines, lockedLines, untried, type Words } from './lock.js';
import { requirementsIn, toBeBroken } from './requirements.js';
import { inParallel, prepared, type Teeth, tried } from './trying.js';
import { asText, isCaught, isFound, problemsOf, reportOf, type Trial } from './verdict.js';

/**
 * `npm run teeth` (CAT-SIM-5009): each saboteur meets the scenarios, in a project of its own. Fails where one changes nothing or
 * survives those of the requirement that it breaks or the explorer that it declares, and where a requirement that is built has no saboteur that is caught.
 * What they did is kept in `saboteurs.lock.txt`. With names it tries these alone; with `--untried` those that the lock does not show caught over the words of now.
 */
async function bite(chosen: readonly AnySaboteur[]): Promise<boolean> {
  const began = performance.now();
  const temporary = dirSync({ prefix: 'catalog-core-teeth-', unsafeCleanup: true, mode: 0o755 });
  try {
    const teeth = await prepared(temporary.name);
    if (teeth === undefined) return false;
    const trials = await inParallel(chosen, (saboteur, place) => tried(teeth, saboteur, place));
    return judged(trials, teeth, { isWhole: chosen.length === saboteurs.length, began });
  } finally {
    temporary.removeCallback();
  }
}

function judged(
  trials: readonly Trial[],
  teeth: Teeth,
  { isWhole, began }: { readonly isWhole: boolean; readonly began: number },
): boolean {
  const words = ourWords();
  const wanted = isWhole ? toBeBroken(requirementsIn(words.specs, words.features)) : [];
  const report = reportOf(trials, teeth.examples, wanted);
  const problems = problemsOf(report, trials, wanted);
  mkdirSync(join(projectRoot, 'reports'), { recursive: true });
  if (isWhole) writeFileSync(join(projectRoot, 'reports/teeth.json'), `${JSON.stringify(report, undefined, 2)}\n`);
  keepLines(projectRoot, lockedLines(report, saboteurs, words), saboteurs);
  console.log(asText(report));
  for (const { saboteur, trouble } of trials) if (trouble !== undefined) console.log(`cut short: ${saboteur.name}: ${trouble}`);
  for (const problem of problems) console.log(`FAIL ${problem}`);
  const seconds = Math.round((performance.now() - began) / 1000);
  const caught = report.saboteurs.filter((saboteur) => isCaught(saboteur) && isFound(saboteur)).length;
  console.log(
    `${caught} of ${trials.length} saboteurs caught, ${wanted.length} requirements, ${teeth.green.length} scenarios in the pool, ${teeth.quickest.length} of them met by all, ${seconds} s`,
  );
  return problems.length === 0;
}

function chosenBy(named: readonly string[]): readonly AnySaboteur[] {
  if (named.includes('--untried')) return untried(saboteurs, projectRoot, ourWords());
  return named.length === 0 ? saboteurs : saboteurs.filter(({ name }) => named.includes(name));
}

function ourWords(): Words {
  return { specs: readSources(projectRoot, ['specs'], ['.md']), features: readSources(projectRoot, ['features'], ['.feature']) };
}

if (isCommand(import.meta.url)) {
  process.exitCode = (await bite(chosenBy(process.argv.slice(2)))) ? 0 : 1;
}
