import { html, type Markup, named } from '../core/markup.js';
import { sizeText } from '../core/size-text.js';
import { counted } from './advice.js';
import { shareBar } from './charts.js';
import type { CatalogReport, Share, VerifiedAge } from './report.js';
import { isGood, type Standing, standings, wordOf } from './standing.js';
import { toneOf } from './tones.js';

const standingOrder: readonly Standing[] = ['verified', 'warned', 'unverified', 'changed', 'unreadable', 'missing', 'failed'];
const standingNotes: Readonly<Record<Standing, string>> = {
  verified: 'the bytes match a digest that somebody declared',
  warned: 'read and hashed; nothing was expected of them',
  unverified: 'nobody has read them',
  changed: 'not as it was when it was verified',
  unreadable: 'it could not be looked at',
  missing: 'files are not where they were',
  failed: 'failed: found bad or missing when it was read',
};
const ageWords: Readonly<Record<VerifiedAge, string>> = {
  within_7_days: 'Within 7 days',
  within_30_days: '7 to 30 days ago',
  within_90_days: '30 to 90 days ago',
  earlier: 'More than 90 days ago',
  never: 'Never',
  not_good: 'Not good any more',
};
const ageTones: Readonly<Record<VerifiedAge, string>> = {
  ...{
    within_7_days: 'verified',
    within_30_days: 'verified',
    within_90_days: 'verified',
    earlier: 'warned',
    never: 'unverified',
    not_good: 'failed',
  },
};

/** How far the bytes can be trusted, when that was found out, and what models are used for. */
export function verification({ trust, states, verified }: CatalogReport): Markup {
  const shares = standingOrder.flatMap((name) => trust.filter((share) => share.name === name && isShown(share)));
  return html`<section aria-labelledby="verification"><h2 id="verification">Verification</h2><div class="columns">
${bars(
  'Trust',
  shares.map((share) => ({ ...share, name: capital(wordOf(share.name)), note: standingNotes[share.name], tone: toneOf(share.name) })),
)}
${bars(
  'Last verified',
  verified.filter(isShown).map((share) => ({ ...share, name: ageWords[share.name], tone: ageTones[share.name] })),
)}
${bars(
  'State',
  states.map((share) => ({ ...share, tone: share.name.toLowerCase() })),
)}
</div></section>`;
}

const bad: ReadonlySet<string> = new Set(['not_good', ...standings.filter((standing) => !isGood(standing))]);

/** What is bad is told where there is some. */
function isShown({ name, models }: Share): boolean {
  return models > 0 || !bad.has(name);
}

const mostTools = 12;

/** What was adopted, by the tool that keeps it. */
export function adopted({ tools }: CatalogReport): Markup {
  if (tools.length === 0) return html``;
  const shown = tools.slice(0, mostTools);
  const rest = tools.slice(mostTools);
  return html`<section aria-labelledby="adopted"><h2 id="adopted">Adopted from other tools</h2>
${bars('By tool; what several models share counts once', [...shown.map((share) => ({ ...share, tone: 'adopted' })), ...restOf(rest)], 'bytes')}
</section>`;
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

interface Bar extends Share {
  readonly tone: string;
  readonly note?: string;
}

function restOf(rest: readonly Share[]): Bar[] {
  if (rest.length === 0) return [];
  const sum = (of: 'models' | 'bytes') => rest.reduce((total, share) => total + share[of], 0);
  return [{ name: `${rest.length} others`, tone: 'adopted', models: sum('models'), bytes: sum('bytes') }];
}

function bars(title: string, shares: readonly Bar[], of: 'models' | 'bytes' = 'models'): Markup {
  const most = Math.max(0, ...shares.map((share) => share[of]));
  return html`<div><h3>${title}</h3><ul class="bars">${shares.map((share) => bar(share, most, of))}</ul></div>`;
}

function bar({ name, note, tone, models, bytes }: Bar, most: number, of: 'models' | 'bytes'): Markup {
  const remark = note === undefined ? undefined : html`<small>${note}</small>`;
  return html`<li><span class="what">${named(name, 60)}</span> <span class="value">${counted(models)}, ${sizeText(bytes)}</span>${shareBar(of === 'models' ? models : bytes, most, tone)}${remark}</li>`;
}
