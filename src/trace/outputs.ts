import { jsonOf } from './json.js';
import { schema } from './schema.js';
import type { Trace } from './trace.js';

/** The files of a report, by their names in the folder of reports (CAT-TRC-5105). */
export function outputsOf(trace: Trace): { readonly name: string; readonly text: string }[] {
  return [
    { name: 'traceability.json', text: jsonOf(trace) },
    { name: 'traceability.schema.json', text: `${JSON.stringify(schema, undefined, 2)}\n` },
  ];
}
