import { html, type Markup, named } from '../core/markup.js';
import { sizeText } from '../core/size-text.js';
import type { Holder } from './holdings.js';
import type { CatalogReport } from './report.js';

const mostContents = 50;
const mostHolders = 12;

/** By whom content is shared, and what lies at several places. */
export function sharing({ shared, duplicates }: CatalogReport): Markup {
  return html`${contents({
    id: 'shared',
    title: 'Shared',
    note: 'Content that several models or engines hold lies there once.',
    heads: ['Content', 'Size', 'Lies in', 'Held by'],
    rows: shared.map(({ digest, name, bytes, where, holders }) => [
      content(name, digest),
      size(bytes),
      html`<td class="place">${named(where, 60)}</td>`,
      html`<td>${holderList(holders)}</td>`,
    ]),
  })}${contents({
    id: 'duplicates',
    title: 'Duplicates',
    note: 'The same content lies at several places of this machine.',
    heads: ['Content', 'Size', 'Copies'],
    rows: duplicates.map(({ digest, name, bytes, copies }) => [
      content(name, digest),
      size(bytes),
      html`<td><ul class="plain">${copies.slice(0, mostHolders).map(({ where, path, holders }) => html`<li>${named(where, 60)}: ${holderList(holders)}${path === undefined ? undefined : html`<span class="source">${named(path)}</span>`}</li>`)}${more(copies.length)}</ul></td>`,
    ]),
  })}`;
}

/** What runs the models. */
export function enginesTable({ engines }: CatalogReport): Markup {
  return contents({
    id: 'engines',
    title: 'Engines',
    heads: ['Engine', 'Name', 'Version', 'Build', 'Created'],
    rows: engines.map(({ id, engine, version, build_ref, created_at }) => [
      html`<th scope="row">${named(id, 512)}</th>`,
      ...[engine, version, build_ref ?? '–', created_at.slice(0, 10)].map((text) => html`<td>${named(text, 80)}</td>`),
    ]),
  });
}

interface Contents {
  readonly id: string;
  readonly title: string;
  readonly note?: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly Markup[])[];
}

function contents({ id, title, note, heads, rows }: Contents): Markup {
  if (rows.length === 0) return html``;
  const rest = rows.length - mostContents;
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${note === undefined ? undefined : html`<p>${note}</p>`}
<div class="scroll" role="group" aria-labelledby="${id}" tabindex="0"><table><thead><tr>${heads.map((head) => html`<th scope="col"${head === 'Size' ? html` class="n"` : undefined}>${head}</th>`)}</tr></thead>
<tbody>${rows.slice(0, mostContents).map(
    (cells) => html`<tr>${cells}</tr>
`,
  )}</tbody></table></div>${rest > 0 ? html`<p>and ${rest} more</p>` : undefined}</section>`;
}

function content(name: string, digest: string): Markup {
  return html`<th scope="row">${named(name, 120)}<span class="source">${digest.slice(0, digest.indexOf(':') + 13)}…</span></th>`;
}

function size(bytes: number): Markup {
  return html`<td class="n">${sizeText(bytes)}</td>`;
}

function holderList(holders: readonly Holder[]): Markup {
  const texts = holders
    .slice(0, mostHolders)
    .map(({ kind, id }, place) => html`${place > 0 ? ', ' : ''}${kind === 'engine' ? 'engine ' : ''}${named(id, 120)}`);
  return html`${texts}${holders.length > mostHolders ? ` and ${holders.length - mostHolders} more` : ''}`;
}

function more(copies: number): Markup {
  return copies > mostHolders ? html`<li>and ${copies - mostHolders} more</li>` : html``;
}
