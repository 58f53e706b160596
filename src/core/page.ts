import { createHash } from 'node:crypto';
import { html, type Markup, ours } from './markup.js';

/** Of one file that needs nothing else, neither network nor script. */
export interface PageParts {
  readonly title: string;
  /** Ours, as is the script: nothing of anybody else's is ever put into them. */
  readonly style: string;
  readonly script: string;
  readonly body: Markup;
}

/** How any page begins on paper, inside of `@media print`. */
export const onPaper = `  @page { margin: 14mm; }
  html { font-size: 11px; }
  body { background: none; }
  main { max-width: none; padding: 0; }`;

/** A page that lets no script run and no style count but its own, by their hashes, and asks nobody for anything. */
export function pageOf({ title, style, script, body }: PageParts): string {
  return html`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer"><title>${title}</title>
<style>${ours(style)}</style></head>
<body>${body}
<script>${ours(script)}</script></body></html>
`.markup;
}

/** As a policy names what it allows. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
