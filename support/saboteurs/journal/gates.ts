import type * as Gates from '../../../src/journal/gates.js';
import { attempted } from '../records.js';
import { inModule, type ModuleSaboteur } from '../saboteur.js';
import { at, someKind } from './showing.js';

const denialPasses = judging('a denial passes', 'What a gate denies is appended.', (judge) => (gates, proposed, bypass) => {
  judge(gates, proposed, bypass);
  return { kind: 'passed', passed: gates.map(({ name }) => ({ gate: name })) };
});

const defectPermits = judging(
  'a gate that throws permits',
  'An event passes a gate that could not judge it.',
  (judge) =>
    (gates, ...rest) =>
      judge(
        gates.map(({ name, check }) => ({ name, check: (proposed) => permittedUnless(() => check(proposed)) })),
        ...rest,
      ),
);

const bypassForgotten = judging('a bypass is not recorded', 'Who goes round a gate leaves no word of it.', (judge) => (...asked) => {
  const judged = judge(...asked);
  return judged.kind === 'denied' ? judged : { kind: 'passed', passed: judged.passed.filter(({ bypassed }) => bypassed === undefined) };
});

const otherOrder = judging(
  'gates are asked from the last on',
  'The gate that denies is not the first that would.',
  (judge) =>
    (gates, ...rest) =>
      judge([...gates].reverse(), ...rest),
);

const reasonless = inModule<typeof Gates, 'checkGates'>({
  name: 'a bypass without a reason',
  breaks: 'CAT-JRN-3006',
  by: 'scenario',
  does: 'Who goes round a gate need not say why, nor name one that is there.',
  module: 'src/journal/gates.ts',
  names: ['checkGates'],
  substitutes: ({ checkGates }) => ({ checkGates: (gates) => checkGates(gates, {}) }),
  shows: ({ checkGates }) => attempted(() => checkGates([], { source: '' })),
});

export const gateSaboteurs: readonly ModuleSaboteur[] = [denialPasses, defectPermits, bypassForgotten, otherOrder, reasonless];

type Judge = typeof Gates.judge;

function judging(name: string, does: string, judged: (judge: Judge) => Judge): ModuleSaboteur {
  return inModule<typeof Gates, 'judge'>({
    name,
    breaks: 'CAT-JRN-3006',
    by: 'scenario',
    does,
    module: 'src/journal/gates.ts',
    names: ['judge'],
    substitutes: ({ judge }) => ({ judge: judged(judge) }),
    shows: ({ judge }) => [['source'], ['source', 'broken'], ['broken', 'source'], []].map((names) => shownBy(judge, names)),
  });
}

/** What becomes of an event that meets these gates, and goes round the one that is called `owner`. */
function shownBy(judge: Judge, names: readonly string[]): unknown {
  const gates = [...names, 'owner'].map((name) => ({ name, check: () => verdictOf(name) }));
  const proposed = { coordinate: at, kind: someKind, payload: 1, payload_version: 1, entity_version: 0 };
  return judge(gates, proposed, { owner: 'a drill' });
}

function verdictOf(name: string): Gates.Verdict {
  if (name === 'broken') throw new Error('it cannot judge');
  return { permits: false, code: name, message: 'no' };
}

function permittedUnless(check: () => Gates.Verdict): Gates.Verdict {
  try {
    return check();
  } catch {
    return { permits: true };
  }
}
