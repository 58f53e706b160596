import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { leastBlocks } from '../../build/support/bench/interleaving.js';
import { pageOf } from '../../build/support/bench/page.js';
import { peerRemark } from '../../build/support/bench/peers.js';
import { accepting, checkedAgainst } from '../../build/support/bench/regressions.js';
import { subjects } from '../subjects/index.mjs';
import { Context, machine, versionsOfPeers } from './context.mjs';
import { perform } from './experiment.mjs';
import { known } from './stores/index.mjs';

const lockFile = new URL('../ratios.lock.json', import.meta.url);
const reports = new URL('../../reports/', import.meta.url);
const usage = `npm run bench -- [--quick] [--only ${Object.keys(subjects).join(',')}] [--blocks N] [--check] [--accept]`;

/** Ends with 1 where --check finds a regression, and with 2 where it does not understand what it is asked. */
export async function main(words) {
  const asked = understood(words);
  if (asked === undefined) return 2;
  const report = await measured(asked, publish);
  tell(report);
  if (asked.accept) accept(report.outcomes);
  return asked.check ? check(report.outcomes, asked) : 0;
}

/** After each experiment: what was measured in an hour is not lost when the last minute fails. */
function publish(report) {
  fs.mkdirSync(reports, { recursive: true });
  fs.writeFileSync(new URL('benchmarks.json', reports), `${JSON.stringify(report, null, 1)}\n`);
  fs.writeFileSync(new URL('benchmarks.html', reports), pageOf(report));
}

function understood(words) {
  const options = { quick: { type: 'boolean' }, only: { type: 'string' }, check: { type: 'boolean' }, accept: { type: 'boolean' }, blocks: { type: 'string' } };
  try {
    const { quick = false, only, check = false, accept = false, blocks } = parseArgs({ args: words, options }).values;
    const chosen = only === undefined ? Object.keys(subjects) : only.split(',');
    const unknown = chosen.find((name) => experimentsOf([name]).length === 0);
    if (unknown !== undefined) throw new Error(`no subject and no experiment is called ${unknown}`);
    if (blocks !== undefined && !/^[1-9]\d*$/.test(blocks)) throw new Error(`--blocks is a number of blocks, not ${blocks}`);
    return { isQuick: quick, chosen, check, accept, blocks: blocks && Number(blocks) };
  } catch (error) {
    console.error(`${error.message}\n${usage}`);
    return undefined;
  }
}

/** Those of some subjects, or that are named by themselves. */
function experimentsOf(chosen) {
  const all = Object.entries(subjects).flatMap(([subject, experiments]) => experiments.map((experiment) => ({ subject, experiment })));
  return all.filter(({ subject, experiment }) => chosen.includes(subject) || chosen.includes(experiment.id));
}

async function measured({ isQuick, chosen, blocks }, publish = () => {}) {
  const context = new Context({ isQuick, blocks });
  const [began, start] = [new Date().toISOString(), performance.now()];
  // Before anything is done: what others do here.
  const foundOn = machine(context.root);
  const found = { outcomes: [], curves: [], experiments: [], skipped: [], stores: known };
  try {
    const report = () => {
      const about = { schema: 1, quick: isQuick || blocks < leastBlocks, began, duration_ms: Math.round(performance.now() - start), subjects: chosen };
      return { ...about, machine: foundOn, versions: versionsOfPeers(), ...found };
    };
    for (const { subject, experiment } of experimentsOf(chosen)) {
      await one(subject, experiment, { context, found });
      publish(report());
    }
    return report();
  } finally {
    context.close();
  }
}

async function one(subject, experiment, { context, found }) {
  const { id, title, how } = experiment;
  const because = (context.isQuick && experiment.leftOutOfQuick) || experiment.cannot?.();
  if (because) {
    found.skipped.push({ id, title, because });
    return console.error(`  skipped  ${id}: ${because}`);
  }
  const { outcomes, sides, curves, plan, took, stores = [] } = await perform(subject, experiment, context);
  found.outcomes.push(...outcomes.map((outcome) => ({ ...outcome, experiment: id })));
  found.curves.push(...curves);
  if (stores.length > 0) found.stores = stores;
  found.experiments.push({ id, subject, title, how, plan: plan && told(plan), duration_ms: Math.round(took), sides });
  console.error(`${(took / 1000).toFixed(1).padStart(7)} s  ${id}`);
}

const told = ({ blocks, passes, operations }) => ({ blocks, passes, operations });

function tell({ outcomes, skipped, duration_ms, quick, stores }) {
  for (const outcome of outcomes) {
    const { id, value, low, high, target, met, floor } = outcome;
    const remarks = [peerRemark(outcome, stores), floor && `the least that it could be: ${figure(floor)}`].filter(Boolean);
    const verdict = met === undefined ? '' : met ? 'met' : 'MISSED';
    const wanted = target === undefined ? '' : `${Object.keys(target)[0]} ${Object.values(target)[0]}`;
    console.log(`${verdict.padEnd(7)}${figure(value).padStart(9)}  [${figure(low)} … ${figure(high)}]`.padEnd(42), wanted.padEnd(14), `${id}${remarks.length > 0 ? ` (${remarks.join('; ')})` : ''}`);
  }
  const judged = outcomes.filter(({ met }) => met !== undefined);
  console.log(`${judged.filter(({ met }) => met).length} of ${judged.length} targets met, ${skipped.length} experiments skipped, ${Math.round(duration_ms / 1000)} s${quick ? ', quick: too few blocks for a verdict' : ''}`);
  console.log(fileURLToPath(new URL('benchmarks.html', reports)));
}

const figure = (value) => String(Number(value.toPrecision(3)));

function readLock() {
  return fs.existsSync(lockFile) ? JSON.parse(fs.readFileSync(lockFile, 'utf8')) : { schema: 1, ratios: {} };
}

function accept(outcomes) {
  fs.writeFileSync(lockFile, `${JSON.stringify(accepting(readLock(), outcomes), null, 2)}\n`);
  console.log(`${outcomes.length} figures accepted`);
}

/** What is worse is measured twice more: a regression is worse each time, and not only while the machine had something else to do. */
async function check(outcomes, asked) {
  let { regressions, unknown, unmeasured } = checkedAgainst(readLock(), outcomes);
  for (let again = 0; again < 2 && regressions.length > 0; again++) {
    const ids = new Set(regressions.map(({ id }) => id));
    const chosen = [...new Set(outcomes.filter(({ id }) => ids.has(id)).map(({ experiment }) => experiment))];
    console.error(`measured again, because they were worse: ${chosen.join(', ')}`);
    const report = await measured({ ...asked, chosen });
    ({ regressions } = checkedAgainst(readLock(), report.outcomes.filter(({ id }) => ids.has(id))));
  }
  const { load, cores } = machine('.');
  if (regressions.length > 0 && load > cores) console.log(`others are at work here, with a load of ${figure(load)} on ${cores} cores: what many threads or syncs do is worse for that`);
  for (const { id, accepted, found, bound } of regressions) console.log(`WORSE  ${id}: ${figure(found)}, accepted ${figure(accepted)}, bound ${figure(bound)}`);
  console.log(`${regressions.length} regressions; ${unknown.length} figures not accepted yet, ${unmeasured.length} accepted ones not measured in this run`);
  return regressions.length === 0 ? 0 : 1;
}
