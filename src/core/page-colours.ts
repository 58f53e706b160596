export type Scheme = 'light' | 'dark';

/** What all pages are drawn with; what a page's own colours mean it says itself. */
const paper = {
  light: { page: '#f6f5f1', card: '#ffffff', ink: '#1b1e22', muted: '#575d64', rule: '#dcdad3', link: '#0b5a94' },
  dark: { page: '#121518', card: '#1a1e22', ink: '#e8eaec', muted: '#a7aeb6', rule: '#30363c', link: '#86c1f2' },
} as const satisfies Record<Scheme, object>;

/** The ground on which parts of charts lie. */
export function cardOf(scheme: Scheme): string {
  return paper[scheme].card;
}

/** Declarations of the colours of a scheme, and of a page's own: `--ink: #1b1e22;`. */
export function colourVariables(scheme: Scheme, own: Readonly<Record<string, string>>): string {
  return Object.entries({ ...paper[scheme], ...own })
    .map(([name, colour]) => `--${name}: ${colour};`)
    .join(' ');
}
