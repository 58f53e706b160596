import { jsonOf } from './json.js';
import { badgeOf } from './pages/badge.js';
import { htmlOf } from './pages/html.js';
import { junitOf } from './pages/junit.js';
import { markdownOf } from './pages/markdown.js';
import { sarifOf } from './pages/sarif.js';
import { schema } from './schema.js';
import type { Trace } from './trace.js';

/** The files of a report, by their names in the folder of reports (CAT-TRC-5105). */
export function outputsOf(trace: Trace): readonly { readonly name: string; readonly text: string }[] {
  return [
    { name: 'traceability.json', text: jsonOf(trace) },
    { name: 'traceability.schema.json', text: asText(schema) },
    { name: 'traceability.html', text: htmlOf(trace) },
    { name: 'traceability.md', text: markdownOf(trace) },
    { name: 'traceability.junit.xml', text: junitOf(trace) },
    { name: 'traceability.sarif', text: sarifOf(trace) },
    { name: 'traceability-badge.json', text: asText(badgeOf(trace)) },
  ];
}

function asText(data: unknown): string {
  return `${JSON.stringify(data, undefined, 2)}\n`;
}
