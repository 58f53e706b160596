import fs from 'node:fs';
import { outcomeOf } from '../build/support/bench/outcomes.js';
import { checkedAgainst } from '../build/support/bench/regressions.js';
import { Context } from './measure/context.mjs';
import { figuresOf, ours } from './measure/durability-counts.mjs';
import { callsOfPuts, cannotTrace } from './measure/traced.mjs';

// `npm run bench:counts` at the root: what ours writes and syncs, beside what was accepted. It varies on no machine, and needs no peer.

const puts = 12;

function counted() {
  const context = new Context({ isQuick: true });
  try {
    const counts = Object.fromEntries(ours.map((name) => [name, callsOfPuts(context, name, puts).counts]));
    return figuresOf(counts).map(({ values, ...told }) => outcomeOf({ subject: 'durability', measure: 'count', ...told }, values));
  } finally {
    context.close();
  }
}

const because = cannotTrace();
if (because) console.error(`skipped: what is written and synced: ${because}`);
else {
  const outcomes = counted();
  const { regressions, unknown } = checkedAgainst(JSON.parse(fs.readFileSync(new URL('ratios.lock.json', import.meta.url), 'utf8')), outcomes);
  const missed = outcomes.filter(({ met }) => met === false);
  for (const { id, value } of outcomes) console.error(`${String(value).padStart(5)}  ${id}`);
  for (const { id, accepted, found } of regressions) console.error(`WORSE  ${id}: ${found}, accepted ${accepted}`);
  for (const { id, value } of missed) console.error(`MISSED  ${id}: ${value}`);
  for (const id of unknown) console.error(`nobody has accepted ${id}`);
  process.exitCode = regressions.length + missed.length + unknown.length === 0 ? 0 : 1;
}
