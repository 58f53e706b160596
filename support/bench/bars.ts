import { html, type Markup } from '../../src/core/markup.js';
import type { Outcome } from './outcomes.js';

/** From a hundredth to a hundred times, each power of ten as wide; 1 is in the middle. */
const [width, height, powers] = [280, 22, 2] as const;

/**
 * A ratio as a bar that begins at 1, where both take as long: to the left where ours is less. The thin line goes from the tenth to the
 * ninetieth of a hundred blocks, and the mark is what was promised. The cells beside it say the same in figures.
 */
export function ratioBar({ value, low, high, target, met }: Outcome): Markup {
  const mark = target && ('most' in target ? target.most : 'least' in target ? target.least : target.exactly);
  const [from, to] = [Math.min(place(1), place(value)), Math.max(place(1), place(value))];
  const tone = met === undefined ? 'none' : met ? 'met' : 'missed';
  return html`<svg class="ratio" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true"><line class="one" x1="${place(1)}" x2="${place(1)}" y1="0" y2="${height}"/><rect class="${tone}" x="${rounded(from)}" y="6" width="${rounded(Math.max(1, to - from))}" height="10" rx="2"/><line class="spread" x1="${place(low)}" x2="${place(high)}" y1="11" y2="11"/>${mark === undefined ? undefined : html`<line class="mark" x1="${place(mark)}" x2="${place(mark)}" y1="1" y2="${height - 1}"/>`}</svg>`;
}

function place(ratio: number): number {
  const power = Math.log10(Math.max(ratio, Number.MIN_VALUE));
  return rounded(((Math.min(powers, Math.max(-powers, power)) + powers) / (2 * powers)) * width);
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
