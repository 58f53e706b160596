import { html, type Markup } from '../../src/core/markup.js';
import { figure, millisecondsText } from './figures.js';
import type { Curve } from './report.js';

const [width, height] = [560, 260] as const;
const inset = { top: 14, right: 34, bottom: 36, left: 62 } as const;

/** Lines of one chart on two logarithmic scales: a straight one is a power. `id` names it in the page. */
export function curveChart(id: string, title: string, curves: readonly Curve[]): Markup {
  const points = curves.flatMap((curve) => curve.points);
  const x = scaleOf(
    points.map(({ n }) => n),
    inset.left,
    width - inset.right,
  );
  const y = scaleOf(
    points.flatMap(({ low, high }) => [low, high]),
    height - inset.bottom,
    inset.top,
  );
  const sizes = [...new Set(points.map(({ n }) => n))].sort((a, b) => a - b);
  const said = curves
    .map(({ name, points: all }) => `${name}: ${all.map(({ n, ms }) => `${figure(n)}, ${millisecondsText(ms)}`).join('; ')}`)
    .join('. ');
  return html`<svg class="curves" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc"><title id="${id}-title">${title}</title><desc id="${id}-desc">${said}</desc>${powersIn(y.least, y.most).map((value) => html`<line class="grid" x1="${inset.left}" x2="${width - inset.right}" y1="${y.at(value)}" y2="${y.at(value)}"/><text class="end" x="${inset.left - 8}" y="${y.at(value) + 4}">${millisecondsText(value)}</text>`)}${sizes.map((n) => html`<text class="middle" x="${x.at(n)}" y="${height - 16}">${n.toLocaleString('en-US')}</text>`)}<text class="middle" x="${(inset.left + width - inset.right) / 2}" y="${height - 2}">${curves[0]?.x}</text>${curves.map((curve, place) => line(curve, place, x.at, y.at))}</svg>`;
}

function line({ points }: Curve, place: number, x: (n: number) => number, y: (ms: number) => number): Markup {
  const path = points.map(({ n, ms }, at) => `${at === 0 ? 'M' : 'L'}${x(n)} ${y(ms)}`).join(' ');
  return html`<g class="series series-${place}"><path d="${path}"/>${points.map(({ n, ms, low, high }) => html`<line x1="${x(n)}" x2="${x(n)}" y1="${y(low)}" y2="${y(high)}"/><circle cx="${x(n)}" cy="${y(ms)}" r="3.5"/>`)}</g>`;
}

interface Scale {
  readonly least: number;
  readonly most: number;
  readonly at: (value: number) => number;
}

/** Not narrower than a power of ten: what stays the same is to look so. */
function scaleOf(values: readonly number[], from: number, to: number): Scale {
  const [least, most] = [Math.log10(Math.min(...values)), Math.log10(Math.max(...values))];
  const missing = Math.max(0, 1 - (most - least)) / 2;
  const [start, end] = [least - missing, most + missing];
  return {
    least: 10 ** start,
    most: 10 ** end,
    at: (value) => Math.round(from + ((Math.log10(value) - start) / (end - start)) * (to - from)),
  };
}

/** The powers of ten between two values, and what is two and five times as much where those are few. */
function powersIn(least: number, most: number): number[] {
  const powers = Array.from({ length: 16 }, (_, place) => 10 ** (place - 6));
  const between = (values: readonly number[]) => values.filter((value) => value >= least && value <= most);
  const few = between(powers);
  return few.length >= 3 ? few : between(powers.flatMap((power) => [power, 2 * power, 5 * power]));
}
