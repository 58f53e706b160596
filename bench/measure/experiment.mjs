import { interleaved, leastBlocks } from '../../build/support/bench/interleaving.js';
import { compared, grown, outcomeOf, timesOf } from '../../build/support/bench/outcomes.js';
import { remarkOn } from './remarks.mjs';

const defaults = { blocks: 30, passes: 2, operations: 1, warmUp: 1 };

/** Does one experiment: what its comparisons and curves say, and what its sides took. */
export async function perform(subject, experiment, context) {
  const began = performance.now();
  const found = await (experiment.measure === undefined ? paired : measured)(subject, experiment, context);
  return { ...found, took: performance.now() - began };
}

async function paired(subject, experiment, context) {
  const plan = planOf(experiment, context);
  const { sides, close } = await experiment.open(context);
  try {
    const blocks = await interleaved(sides, plan, () => performance.now());
    const { comparisons = [], growths = [] } = partsOf(experiment, context);
    const points = growths.map((growth) => curveOf(growth, blocks));
    return {
      plan,
      outcomes: [...comparisons.map((one) => compared(subject, withRemark(one), blocks, experiment.floor)), ...growths.filter((one) => !one.isOnlyDrawn).map((one) => grown(subject, withRemark(one), blocks))],
      sides: sides.map(({ name }) => ({ name, ms_per_operation: timesOf(name, blocks) })),
      curves: points,
    };
  } finally {
    await close();
  }
}

/** Fewer blocks than a verdict needs are said to be quick. */
function planOf({ plan, quick }, { isQuick, blocks }) {
  const asked = { ...defaults, ...plan, ...(isQuick && quick), ...(blocks && { blocks }) };
  return { ...asked, isQuick: asked.blocks < leastBlocks };
}

/** What is compared may depend on how much there is to do. */
function partsOf({ comparisons, growths }, context) {
  const given = (parts) => (typeof parts === 'function' ? parts(context) : parts);
  return { comparisons: given(comparisons), growths: given(growths) };
}

/** A line of a chart: what an operation took at each size. */
function curveOf({ id, chart, name, x, points }, blocks) {
  const shown = points.map(({ n, side, operations = 1 }) => {
    const { median, low, high } = timesOf(side, blocks);
    return { n, ms: median / operations, low: low / operations, high: high / operations };
  });
  return { id, chart, name, x, points: shown };
}

/** What is counted, or measured by itself: experiments that say their figures. */
async function measured(subject, experiment, context) {
  const { figures = [], sides = [], curves = [], stores = [], plan } = await experiment.measure(context);
  return { plan, sides, curves, stores, outcomes: figures.map(({ values, ...told }) => outcomeOf({ subject, measure: 'count', ...withRemark(told) }, values)) };
}

const withRemark = (told) => ({ ...told, remark: remarkOn(told.id) });
