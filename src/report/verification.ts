import { sizeText } from '../core/size-text.js';
import { counted } from './advice.js';
import { shareBar } from './charts.js';
import { html, type Markup, named } from './markup.js';
import type { CatalogReport, Share, VerifiedAge } from './report.js';

const trustWords = { verified: 'Verified', warned: 'Warned', unverified: 'Unverified' } as const;
const trustNotes = {
  verified: 'the bytes match a digest that somebody declared',
  warned: 'read and hashed; nothing was expected of them',
  unverified: 'nobody has read them',
} as const;
const ageWords: Readonly<Record<VerifiedAge, string>> = {
  within_7_days: 'Within 7 days',
  within_30_days: '7 to 30 days ago',
  within_90_days: '30 to 90 days ago',
  earlier: 'More than 90 days ago',
  never: 'Never',
};
const ageTones: Readonly<Record<VerifiedAge, string>> = {
  ...{ within_7_days: 'verified', within_30_days: 'verified', within_90_days: 'verified', earlier: 'warned', never: 'unverified' },
};

/** How far the bytes can be trusted, when that was found out, and what models are used for. */
export function verification({ trust, states, verified }: CatalogReport): Markup {
  const best = [...trust].reverse();
  return html`<section aria-labelledby="verification"><h2 id="verification">Verification</h2><div class="columns">
${bars(
  'Trust',
  best.map(({ name, models, bytes }) => ({ name: trustWords[name], note: trustNotes[name], tone: name, models, bytes })),
)}
${bars(
  'Last verified',
  verified.map(({ name, models, bytes }) => ({ name: ageWords[name], tone: ageTones[name], models, bytes })),
)}
${bars(
  'State',
  states.map((share) => ({ ...share, tone: share.name.toLowerCase() })),
)}
</div></section>`;
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
