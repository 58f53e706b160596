import { html, type Markup, ours } from '../core/markup.js';
import { sizeText } from '../core/size-text.js';
import type { GrowthPoint } from './growth.js';
import { linearTicks, timeTicks } from './ticks.js';

/** A part of a whole. `tone` names its colour and pattern in the style of the page. */
export interface Part {
  readonly tone: string;
  readonly bytes: number;
}

/** The parts of a whole side by side, as wide as the page; it says nothing that the list below it does not say in words. */
export function wholeBar(parts: readonly Part[]): Markup {
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  let before = 0;
  const bars = parts
    .filter(({ bytes }) => bytes > 0)
    .map(({ tone, bytes }) => {
      const [x, width] = [(1000 * before) / total, (1000 * bytes) / total];
      before += bytes;
      return rectangle({ tone, x, width: Math.max(1, width - 2), height: 40 });
    });
  return html`<svg class="whole" viewBox="0 0 1000 40" preserveAspectRatio="none" aria-hidden="true">${bars}</svg>`;
}

/** How much of the most there is, as a bar beside the figure. */
export function shareBar(value: number, most: number, tone: string): Markup {
  const width = most > 0 ? (100 * value) / most : 0;
  // What is there is seen, however little it is.
  const shown = value > 0 ? Math.max(width, 0.6) : 0;
  return html`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">${rectangle({ tone, x: 0, width: shown, height: 8 })}</svg>`;
}

/** The key of a tone in a list. */
export function swatch(tone: string): Markup {
  return html`<svg class="swatch" viewBox="0 0 14 14" aria-hidden="true">${rectangle({ tone, x: 0, width: 14, height: 14 })}</svg>`;
}

/** A line, or layers on each other, over time: each value holds until the next. */
export interface TimeChart {
  readonly id: string;
  readonly title: string;
  /** What the picture shows, for those who do not see it. */
  readonly description: string;
  readonly width: number;
  readonly points: readonly GrowthPoint[];
  readonly layers: readonly { readonly tone: string; readonly measure: (point: GrowthPoint) => number }[];
  readonly textOf: (value: number) => string;
}

const height = 200;
const inset = { top: 12, right: 8, bottom: 24, left: 58 };

export function timeChart({ id, title, description, width, points, layers, textOf }: TimeChart): Markup {
  const tops = stacked(points, layers);
  const ticks = linearTicks(Math.max(1, ...(tops.at(-1) ?? [])));
  const most = ticks.at(-1) ?? 1;
  const times = points.map(({ at }) => Date.parse(at));
  const [start = 0, end = 0] = [times[0], times.at(-1)];
  const x = (time: number) =>
    end === start ? inset.left : inset.left + ((time - start) / (end - start)) * (width - inset.left - inset.right);
  const y = (value: number) => inset.top + (1 - value / most) * (height - inset.top - inset.bottom);
  const xs = end === start ? [inset.left, width - inset.right] : times.map(x);
  const ys = (values: readonly number[]) => (end === start ? [values.at(-1) ?? 0, values.at(-1) ?? 0] : values).map(y);
  const shapes = layers.map(({ tone }, place) => {
    const below = place === 0 ? points.map(() => 0) : (tops[place - 1] ?? []);
    return layer({ tone, isAlone: layers.length === 1, xs, tops: ys(tops[place] ?? []), bottoms: ys(below) });
  });
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc"><title id="${id}-title">${title}</title><desc id="${id}-desc">${description}</desc>${ticks.map((value) => scaleLine(value, { y: y(value), width, textOf }))}${shapes}${timeTicks(start, end, width - inset.left - inset.right).map(({ time, text }, place, all) => timeLabel(text, { x: x(time), place, last: all.length - 1 }))}</svg>`;
}

function stacked(points: readonly GrowthPoint[], layers: TimeChart['layers']): number[][] {
  let below = points.map(() => 0);
  return layers.map(({ measure }) => {
    below = points.map((point, place) => (below[place] ?? 0) + measure(point));
    return below;
  });
}

function layer(of: { tone: string; isAlone: boolean; xs: readonly number[]; tops: readonly number[]; bottoms: readonly number[] }): Markup {
  const { tone, isAlone, xs, tops, bottoms } = of;
  const top = steps(xs, tops);
  const bottom = steps(xs, bottoms).reverse();
  return html`<path class="area ${tone}${isAlone ? ' alone' : ''}" d="M${ours([...top, ...bottom].join('L'))}Z"/><path class="line ${tone}" d="M${ours(top.join('L'))}"/>`;
}

/** The corners of a stair: a value holds until the next one. */
function steps(xs: readonly number[], ys: readonly number[]): string[] {
  return xs.flatMap((x, place) => {
    const before = ys[place - 1];
    const y = ys[place] ?? 0;
    return before === undefined || before === y ? [`${short(x)} ${short(y)}`] : [`${short(x)} ${short(before)}`, `${short(x)} ${short(y)}`];
  });
}

function scaleLine(value: number, { y, width, textOf }: { y: number; width: number; textOf: (value: number) => string }): Markup {
  return html`<line class="${value === 0 ? 'axis' : 'grid'}" x1="${inset.left}" x2="${width - inset.right}" y1="${short(y)}" y2="${short(y)}"/><text class="tick" x="${inset.left - 8}" y="${short(y + 4)}" text-anchor="end">${textOf(value)}</text>`;
}

function timeLabel(text: string, { x, place, last }: { x: number; place: number; last: number }): Markup {
  const anchor = place === 0 ? 'start' : place === last ? 'end' : 'middle';
  return html`<text class="tick" x="${short(x)}" y="${height - 6}" text-anchor="${anchor}">${text}</text>`;
}

function rectangle({ tone, x, width, height }: { tone: string; x: number; width: number; height: number }): Markup {
  return html`<rect class="${tone}" x="${short(x)}" width="${short(width)}" height="${height}"/>`;
}

/** Numbers of a drawing need no more than a tenth of a pixel. */
function short(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Of a scale, whose values are round: `50 GB`. */
export const inBytes = (value: number): string => (value === 0 ? '0' : sizeText(value).replace(/\.0+ /, ' '));
