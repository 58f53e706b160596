import { findingKinds, keywords, statuses } from './trace.js';

const text = { type: 'string' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const hash = { type: 'string', pattern: '^[0-9a-f]{64}$' } as const;
const results = ['passed', 'failed', 'skipped', 'pending', 'undefined', 'ambiguous'] as const;
const ref = (name: string) => ({ $ref: `#/$defs/${name}` });
const listOf = (items: object) => ({ type: 'array', items });
const oneOf = (values: readonly string[]) => ({ enum: [...values] });
const texts = listOf(text);

/** An object with these members and no others; those whose names end in `?` may be absent. */
function shape(members: Readonly<Record<string, object>>) {
  const named = Object.entries(members).map(([name, member]) => [name.replace('?', ''), member] as const);
  const required = Object.keys(members).filter((name) => !name.endsWith('?'));
  return { type: 'object', properties: Object.fromEntries(named), required, additionalProperties: false };
}

function countsOf(names: readonly string[]) {
  return shape(Object.fromEntries(names.map((name) => [name, count])));
}

/** The form of `traceability.json`, as JSON Schema 2020-12 (CAT-TRC-5105). */
export const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'traceability.json',
  ...shape({
    schema: { const: 1 },
    title: text,
    inputs: listOf(shape({ path: text, sha256: hash })),
    requirements: listOf(ref('requirement')),
    scenarios: listOf(ref('scenario')),
    runs: listOf(shape({ id: text, 'store?': text, platform: text, node: text, startedAt: text, path: text })),
    saboteurs: listOf(shape({ name: text, breaks: text, does: text, caughtBy: texts })),
    findings: listOf(
      shape({
        kind: oneOf(Object.keys(findingKinds)),
        'id?': text,
        places: listOf(ref('place')),
        message: text,
        counts: { type: 'boolean' },
      }),
    ),
    totals: shape({ requirements: countsOf(statuses), must: countsOf(statuses), scenarios: countsOf([...results, 'not run']) }),
  }),
  $defs: {
    place: shape({ path: text, line: count }),
    status: oneOf(statuses),
    outcome: oneOf(results),
    requirement: shape({
      id: text,
      title: text,
      text,
      source: ref('place'),
      section: texts,
      hash: { type: 'string', pattern: '^([0-9a-f]{64})?$' },
      level: oneOf(['MUST', 'SHOULD', 'MAY']),
      'parent?': text,
      clauses: listOf(shape({ role: oneOf(['given', 'when', 'then']), text, line: count })),
      obligations: listOf(shape({ id: text, keyword: oneOf(keywords), text, status: ref('status'), scenarios: texts })),
      status: ref('status'),
      because: texts,
      'drift?': shape({
        kind: oneOf(['exact', 'normalised', 'reworded', 'missing', 'changed since it was accepted']),
        'scenario?': text,
        words: listOf(shape({ kind: oneOf(['same', 'gone', 'new']), text })),
      }),
      scenarios: texts,
      citations: listOf(shape({ path: text, line: count, 'reachedBy?': texts })),
      caught: texts,
      survived: texts,
      'waiver?': shape({ id: text, reason: text, until: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' } }),
      byRun: { type: 'object', additionalProperties: ref('status') },
    }),
    scenario: shape({
      id: text,
      place: ref('place'),
      feature: text,
      'rule?': text,
      name: text,
      'outline?': shape({ line: count, cells: { type: 'object', additionalProperties: text } }),
      tags: texts,
      isNormative: { type: 'boolean' },
      requirements: texts,
      steps: listOf(shape({ keyword: text, text, 'argument?': shape({ 'table?': listOf(texts), 'text?': text }) })),
      results: listOf(ref('result')),
    }),
    result: shape({
      run: text,
      status: ref('outcome'),
      attempts: { type: 'integer', minimum: 1 },
      durationMs: { type: 'number', minimum: 0 },
      steps: listOf(shape({ status: ref('outcome'), durationMs: { type: 'number', minimum: 0 } })),
      'message?': text,
      attachments: listOf(shape({ mediaType: text, 'name?': text, text })),
    }),
  },
};
