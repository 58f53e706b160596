import { interleaved } from '../../build/support/bench/interleaving.js';
import { compared, grown, outcomeOf, timesOf } from '../../build/support/bench/outcomes.js';

const defaults = { blocks: 30, passes: 2, operations: 1, warmUp: 1 };

/** Does one experiment: what its comparisons and curves say, and what its sides took. */
export async function perform(subject, experiment, context) {
  const began = performance.now();
  const found = await (experiment.measure === undefined ? paired : measured)(subject, experiment, context);
  return { ...found, took: performance.now() - began };
}

async function paired(subject, experiment, context) {
  const plan = { ...defaults, ...experiment.plan, ...(context.isQuick && experiment.quick), isQuick: context.isQuick };
  const { sides, close } = await experiment.open(context);
  try {
    const blocks = await interleaved(sides, plan, () => performance.now());
    const { comparisons = [], growths = [] } = partsOf(experiment, context);
    const points = growths.map((growth) => curveOf(growth, blocks));
    return {
      plan,
      outcomes: [...comparisons.map((one) => compared(subject, one, blocks)), ...growths.filter((one) => !one.isOnlyDrawn).map((one) => grown(subject, one, blocks))],
      sides: sides.map(({ name }) => ({ name, ms_per_operation: timesOf(name, blocks) })),
      curves: points,
    };
  } finally {
    await close();
  }
}

/** What is compared may depend on how much there is to do. */
function partsOf({ comparisons, growths }, context) {
  const given = (parts) => (typeof parts === 'function' ? parts(context) : parts);
  return { comparisons: given(comparisons), growths: given(growths) };
}

function curveOf({ id, says, points, x, perOperation = 1 }, blocks) {
  const shown = points.map(({ n, side }) => {
    const { median, low, high } = timesOf(side, blocks);
    return { n, ms: median / perOperation, low: low / perOperation, high: high / perOperation };
  });
  return { id, says, x, points: shown };
}

/** What is counted, or measured by itself: experiments that say their figures. */
async function measured(subject, experiment, context) {
  const { figures = [], sides = [], curves = [], stores = [], plan } = await experiment.measure(context);
  return { plan, sides, curves, stores, outcomes: figures.map(({ values, ...told }) => outcomeOf({ subject, measure: 'count', ...told }, values)) };
}
