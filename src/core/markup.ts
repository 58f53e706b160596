import { printable } from './printable.js';

/** Markup that may stand in a page: only `html` makes it, and escapes what is put into it. */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | string | number | undefined | readonly Part[];

/** Markup in which all text that is put in is escaped, for elements and quoted attributes alike; what does not print is shown as `\u{…}`. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: texts.map((text, place) => text + textOf(parts[place])).join('') };
}

/** Text of ours that needs no escaping. */
export function ours(markup: string): Markup {
  return { markup };
}

/** A name that somebody else gave: what its letters do to the direction of writing ends with it; too long a one is cut. */
export function named(text: string, most = 200): Markup {
  return html`<bdi>${shortened(text, most)}</bdi>`;
}

/** `a, b, c` */
export function namedList(texts: readonly string[], most: number): Markup {
  return html`${texts.map((text, place) => html`${place > 0 ? ', ' : ''}${named(text, most)}`)}`;
}

export function shortened(text: string, most: number): string {
  // One character more than are shown, of which each may take two places.
  const characters = text.length > most ? [...text.slice(0, 2 * (most + 1))] : [];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text;
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function textOf(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return printable(part).replace(/[&<>"']/g, (character) => escapes[character] ?? '');
  return 'markup' in part ? part.markup : part.map(textOf).join('');
}
