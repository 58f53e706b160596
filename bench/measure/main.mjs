import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { pageOf } from '../../build/support/bench/page.js';
import { accepting, checkedAgainst } from '../../build/support/bench/regressions.js';
import { subjects } from '../subjects/index.mjs';
import { Context, machine, versionsOfPeers } from './context.mjs';
import { perform } from './experiment.mjs';

const lockFile = new URL('../ratios.lock.json', import.meta.url);
const reports = new URL('../../reports/', import.meta.url);
const usage = `npm run bench -- [--quick] [--only ${Object.keys(subjects).join(',')}] [--check] [--accept]`;

/** Ends with 1 where --check finds a regression, and with 2 where it does not understand what it is asked. */
export async function main(words) {
  const asked = understood(words);
  if (asked === undefined) return 2;
  const report = await measured(asked);
  fs.mkdirSync(reports, { recursive: true });
  fs.writeFileSync(new URL('benchmarks.json', reports), `${JSON.stringify(report, null, 1)}\n`);
  fs.writeFileSync(new URL('benchmarks.html', reports), pageOf(report));
  tell(report);
  if (asked.accept) accept(report.outcomes);
  return asked.check ? check(report.outcomes) : 0;
}

function understood(words) {
  const options = { quick: { type: 'boolean' }, only: { type: 'string' }, check: { type: 'boolean' }, accept: { type: 'boolean' } };
  try {
    const { quick = false, only, check = false, accept = false } = parseArgs({ args: words, options }).values;
    const chosen = only === undefined ? Object.keys(subjects) : only.split(',');
    const unknown = chosen.find((name) => subjects[name] === undefined);
    if (unknown !== undefined) throw new Error(`no subject is called ${unknown}`);
    return { isQuick: quick, chosen, check, accept };
  } catch (error) {
    console.error(`${error.message}\n${usage}`);
    return undefined;
  }
}

async function measured({ isQuick, chosen }) {
  const context = new Context({ isQuick });
  const [began, start] = [new Date().toISOString(), performance.now()];
  const found = { outcomes: [], curves: [], experiments: [], skipped: [], stores: [] };
  try {
    for (const subject of chosen) {
      for (const experiment of subjects[subject]) await one(subject, experiment, { context, found });
    }
    const about = { schema: 1, quick: isQuick, began, duration_ms: Math.round(performance.now() - start), subjects: chosen };
    return { ...about, machine: machine(context.root), versions: versionsOfPeers(), ...found };
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
  found.outcomes.push(...outcomes);
  found.curves.push(...curves);
  found.stores.push(...stores);
  found.experiments.push({ id, subject, title, how, plan, duration_ms: Math.round(took), sides });
  console.error(`${(took / 1000).toFixed(1).padStart(7)} s  ${id}`);
}

function tell({ outcomes, skipped, duration_ms, quick }) {
  for (const { id, value, low, high, target, met } of outcomes) {
    const verdict = met === undefined ? '' : met ? 'met' : 'MISSED';
    const wanted = target === undefined ? '' : `${Object.keys(target)[0]} ${Object.values(target)[0]}`;
    console.log(`${verdict.padEnd(7)}${figure(value).padStart(9)}  [${figure(low)} … ${figure(high)}]`.padEnd(42), wanted.padEnd(12), id);
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

function check(outcomes) {
  const { regressions, unknown, unmeasured } = checkedAgainst(readLock(), outcomes);
  for (const { id, accepted, found, bound } of regressions) console.log(`WORSE  ${id}: ${figure(found)}, accepted ${figure(accepted)}, bound ${figure(bound)}`);
  console.log(`${regressions.length} regressions; ${unknown.length} figures not accepted yet, ${unmeasured.length} accepted ones not measured in this run`);
  return regressions.length === 0 ? 0 : 1;
}
