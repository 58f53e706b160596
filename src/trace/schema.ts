import { objectForm } from '../core/json-form.js';
import { findingKinds, keywords, statuses } from './trace.js';

const text = { type: 'string' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const hash = { type: 'string', pattern: '^[0-9a-f]{64}$' } as const;
const results = ['passed', 'failed', 'skipped', 'pending', 'undefined', 'ambiguous'] as const;
const ref = (name: string) => ({ $ref: `#/$defs/${name}` });
const listOf = (items: object) => ({ type: 'array', items });
const oneOf = (values: readonly string[]) => ({ enum: [...values] });
const texts = listOf(text);

function countsOf(names: readonly string[]) {
  return objectForm(Object.fromEntries(names.map((name) => [name, count])));
}

/** The form of `traceability.json`, as JSON Schema 2020-12 (CAT-TRC-5105). */
export const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'traceability.json',
  ...objectForm({
    schema: { const: 1 },
    title: text,
    inputs: listOf(objectForm({ path: text, sha256: hash })),
    requirements: listOf(ref('requirement')),
    scenarios: listOf(ref('scenario')),
    runs: listOf(objectForm({ id: text, 'store?': text, platform: text, node: text, startedAt: text, path: text })),
    saboteurs: listOf(objectForm({ name: text, breaks: text, does: text, caughtBy: texts })),
    findings: listOf(
      objectForm({
        kind: oneOf(Object.keys(findingKinds)),
        'id?': text,
        places: listOf(ref('place')),
        message: text,
        counts: { type: 'boolean' },
      }),
    ),
    totals: objectForm({ requirements: countsOf(statuses), must: countsOf(statuses), scenarios: countsOf([...results, 'not run']) }),
  }),
  $defs: {
    place: objectForm({ path: text, line: count }),
    status: oneOf(statuses),
    outcome: oneOf(results),
    requirement: objectForm({
      id: text,
      title: text,
      text,
      source: ref('place'),
      section: texts,
      hash: { type: 'string', pattern: '^([0-9a-f]{64})?$' },
      level: oneOf(['MUST', 'SHOULD', 'MAY']),
      'parent?': text,
      clauses: listOf(objectForm({ role: oneOf(['given', 'when', 'then']), text, line: count })),
      obligations: listOf(objectForm({ id: text, keyword: oneOf(keywords), text, status: ref('status'), scenarios: texts })),
      status: ref('status'),
      because: texts,
      'drift?': objectForm({
        kind: oneOf(['exact', 'normalised', 'reworded', 'missing', 'changed since it was accepted']),
        'scenario?': text,
        words: listOf(objectForm({ kind: oneOf(['same', 'gone', 'new']), text })),
      }),
      scenarios: texts,
      citations: listOf(objectForm({ path: text, line: count, 'reachedBy?': texts })),
      caught: texts,
      survived: texts,
      'waiver?': objectForm({ id: text, reason: text, until: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' } }),
      byRun: { type: 'object', additionalProperties: ref('status') },
    }),
    scenario: objectForm({
      id: text,
      place: ref('place'),
      feature: text,
      'rule?': text,
      name: text,
      'outline?': objectForm({ line: count, cells: { type: 'object', additionalProperties: text } }),
      tags: texts,
      isNormative: { type: 'boolean' },
      requirements: texts,
      steps: listOf(objectForm({ keyword: text, text, 'argument?': objectForm({ 'table?': listOf(texts), 'text?': text }) })),
      results: listOf(ref('result')),
    }),
    result: objectForm({
      run: text,
      status: ref('outcome'),
      attempts: { type: 'integer', minimum: 1 },
      durationMs: { type: 'number', minimum: 0 },
      steps: listOf(objectForm({ status: ref('outcome'), durationMs: { type: 'number', minimum: 0 } })),
      'message?': text,
      attachments: listOf(objectForm({ mediaType: text, 'name?': text, text })),
    }),
  },
};
