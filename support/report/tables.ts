import type { ModelEntry } from '../../src/core/records.js';
import type { ReportInput } from '../../src/report/report.js';
import { engineEntry, modelEntry } from '../model-entry.js';
import { adoptedModel, fileOf, keptModel } from './models.js';

const dayMs = 86_400_000;
const beginning = Date.parse('2026-05-01T00:00:00.000Z');

/** A day of the month of these tables; the report is made on the thirtieth. */
export function day(number: number): Date {
  return new Date(beginning + number * dayMs);
}

export function dayOf(at: string): number {
  return (Date.parse(at) - beginning) / dayMs;
}

export const now = day(30);

/** A model as a row says: `contents` are `number=bytes`, `rest` is `member=value`, of which `verified` counts days back, and `warning` and `code` are what its header says. */
export function modelIn(row: Record<string, string>): ModelEntry {
  const { id = '', 'lies in': place = '', contents = '', rest = '' } = row;
  const files = contents
    .split(' ')
    .filter(Boolean)
    .map((content) => {
      const [number, bytes] = content.split('=').map(Number);
      return fileOf(number ?? 0, bytes ?? 0);
    });
  const { verified, registered, warning, code, ...members } = Object.fromEntries(
    rest
      .split(' ')
      .filter(Boolean)
      .map((pair) => pair.split('=')),
  );
  const more = {
    ...{ trust_state: 'unverified', ...members },
    ...(verified !== undefined && { last_verified_ms: now.getTime() - Number(verified) * dayMs }),
    ...((warning ?? code) !== undefined && {
      metadata: { ...(warning && { warnings: [`${warning}: model.gguf is odd`] }), ...(code && { code_bearing: true }) },
    }),
    ...(registered !== undefined && { registered_at: day(Number(registered)).toISOString() }),
  } as Partial<ModelEntry>;
  const [first] = files;
  if (first === undefined) return modelEntry(id, more);
  if (place === 'catalog') return keptModel(id, files, more);
  if (place === 'reference') return keptModel(id, files, { mode: 'reference', local_path: `/mnt/${first.path}`, ...more });
  return adoptedModel(id, place, first, more);
}

/** As large as a catalog may become, with names as long as they are in use. */
export function manyModels(count: number): ReportInput {
  const models = Array.from({ length: count }, (_, nth) => {
    const id = `organisation-${nth % 37}/some-model-of-these-days-${nth}-instruct-q4_k_m`;
    const metadata = { format: 'gguf', architecture: 'llama', parameters: 7.24e9, quantization: 'Q4_K_M' } as const;
    return keptModel(id, [fileOf(nth + 1, (nth + 1) * 1e6)], {
      ...{ source: `hf:${id}/some-model-of-these-days-${nth}-instruct-q4_k_m.gguf`, last_verified_ms: now.getTime(), metadata },
    });
  });
  return { models, engines: [], now };
}

/** What came within two days, a model an hour. */
export function twoDays(): ReportInput {
  const models = Array.from({ length: 30 }, (_, nth) => keptModel(`model-${nth}`, [fileOf(nth + 1, 1e6)]));
  const history = models.map((_, nth) => ({
    ...{ at: day(28.6 + nth / 24).toISOString(), models: nth + 1, bytes: (nth + 1) * 1e6 },
    trust: { unverified: 0, warned: nth + 1, verified: 0 },
  }));
  return { models, engines: [], now, history };
}

export function withSecret(secret: string): ReportInput {
  const url = `https://user:${secret}@host/m.gguf?token=${secret}#${secret}`;
  const models = [
    keptModel('kept', [fileOf(1, 10)], { source: url }),
    keptModel('far', [fileOf(1, 10)], { source: url, mode: 'reference', local_path: '/mnt/m.gguf' }),
    modelEntry('bare', { source: url, mode: 'reference', digest: fileOf(1, 10).digest, bytes: 10 }),
  ];
  return { models, engines: [engineEntry('e', { build_ref: url })], now };
}

const hostileNames = [
  '"><script>alert(1)</script>',
  "' onmouseover='alert(1)",
  '</style></script><img src=x onerror=alert(1)>',
  '<!--',
  ']]>&lt;b&gt;&amp;',
  'a\u202eb\u2066c\u0007\u001b[2J',
  'שלום עולם',
  'm'.repeat(512),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what a careless template would fill in
  '${alert(1)}{{alert(1)}}',
  'javascript:alert(1)',
];

/** Every text that others give is hostile. */
export function hostile(): ReportInput {
  return named(hostileNames, 'n'.repeat(100_000));
}

/** The same catalog with names that mean nothing. */
export function harmless(): ReportInput {
  return named(
    hostileNames.map((_, nth) => `name-${String(nth).padStart(2, '0')}`),
    'long',
  );
}

function named(names: readonly string[], long: string): ReportInput {
  const models = names.flatMap((name, nth) => [
    keptModel(name, [fileOf(1, 7, name), fileOf(100 + nth, 10_000 - 100 * nth, name)], {
      ...{ name: long, source: `file:///${name}`, metadata: odd(name), pins: [{ reason: name, since: name }] },
    }),
    adoptedModel(`${name}!`, name, fileOf(100 + nth, 10_000 - 100 * nth, name), { labels: { [name]: name } }),
  ]);
  const engines = names.map((name) => engineEntry(name, { engine: name, version: name, build_ref: `build ${name}` }));
  return { models, engines, now, root: `/home/${names[0]}` };
}

/** Headers say whatever somebody wrote. */
function odd(name: string): NonNullable<ModelEntry['metadata']> {
  return { format: name, architecture: name, quantization: name, parameters: Number.NaN, warnings: [name] } as unknown as NonNullable<
    ModelEntry['metadata']
  >;
}

/** The tags of a page with the names of their attributes, in order; no text, no values. */
export function structureOf(page: string): string[] {
  return [...page.matchAll(/<(\/?[a-z!][a-z0-9-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>/gi)].map(
    ([, tag, attributes = '']) => `${tag} ${[...attributes.matchAll(/([a-z-]+)(?==")/gi)].map(([name]) => name).join(' ')}`,
  );
}
