import { isPlain } from '../core/printable.js';

/** How many cells of a terminal a text takes. */
export function widthOf(text: string): number {
  if (isPlain(text)) return text.length;
  let width = 0;
  for (const character of text) width += cellsOf(character);
  return width;
}

/** At most so many cells; what is cut off shows as an ellipsis. */
export function fitted(text: string, cells: number): string {
  if (widthOf(text) <= cells) return text;
  let [kept, width] = ['', 1];
  for (const character of text) {
    width += cellsOf(character);
    if (width > cells) break;
    kept += character;
  }
  return `${kept}…`;
}

/** At most so many cells; what is cut out of the middle shows as an ellipsis, because ids that are alike differ at their ends. */
export function shortened(text: string, cells: number): string {
  if (widthOf(text) <= cells) return text;
  const head = fitted(text, Math.ceil(cells / 2));
  const room = cells - widthOf(head);
  let [tail, width] = ['', 0];
  for (const character of [...text].reverse()) {
    width += cellsOf(character);
    if (width > room) break;
    tail = character + tail;
  }
  return head + tail;
}

const isNone = /^[\p{Mn}\p{Me}\u1160-\u11ff]$/u;
const wideRanges = [
  '\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\u33ff\\u3400-\\u4dbf\\u4e00-\\ua4cf\\ua960-\\ua97c\\uac00-\\ud7a3',
  '\\uf900-\\ufaff\\ufe10-\\ufe19\\ufe30-\\ufe6f\\uff01-\\uff60\\uffe0-\\uffe6',
  '\\u{16fe0}-\\u{18aff}\\u{1aff0}-\\u{1b2ff}\\u{20000}-\\u{3fffd}',
];
const isWide = new RegExp(`^[\\p{Emoji_Presentation}${wideRanges.join('')}]$`, 'u');

/** After the East Asian width of Unicode (UAX 11), roughly: wide and emoji take two cells, marks none. */
function cellsOf(character: string): number {
  if (isNone.test(character)) return 0;
  return isWide.test(character) ? 2 : 1;
}
