import { objectForm } from '../../core/json-form.js';
import { caseStatuses } from '../case.js';
import { levels } from '../module.js';

const text = { type: 'string' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const flag = { type: 'boolean' } as const;
const oneOf = (values: readonly string[]) => ({ enum: [...values] });
const listOf = (items: object) => ({ type: 'array', items });

/** The form of `conformance.json`, as JSON Schema 2020-12 (CAT-CNF-5203). */
export const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'conformance.json',
  ...objectForm({ schema: { const: 1 }, stores: listOf({ $ref: '#/$defs/store' }) }),
  $defs: {
    level: oneOf(levels),
    claims: objectForm({
      durable: oneOf(['full', 'weak', 'none']),
      multiProcess: flag,
      watch: oneOf(['every', 'latest', 'none']),
      history: flag,
      gapless: flag,
      'maxEntryBytes?': count,
      levels: listOf({ $ref: '#/$defs/level' }),
    }),
    case: objectForm({
      id: { type: 'string', pattern: '^(core|crash|concurrency|history)\\.[a-z0-9-]+$' },
      level: { $ref: '#/$defs/level' },
      title: text,
      requirements: listOf({ type: 'string', pattern: '^CAT-[A-Z]{2,3}-[0-9]{4}$' }),
      status: oneOf(caseStatuses),
      'message?': text,
      duration_ms: count,
    }),
    store: objectForm({
      store: text,
      claims: { $ref: '#/$defs/claims' },
      cases: listOf({ $ref: '#/$defs/case' }),
      totals: objectForm(Object.fromEntries(caseStatuses.map((status) => [status, count]))),
    }),
  },
};
