import { junitOf } from './junit.js';
import { pageOf } from './page.js';
import { badgeOf, type ConformanceReport } from './report.js';
import { schema } from './schema.js';

/** The files of a report, by their names in the folder of reports (CAT-CNF-5203). */
export function outputsOf(report: ConformanceReport): readonly { readonly name: string; readonly text: string }[] {
  return [
    { name: 'conformance.json', text: asText(report) },
    { name: 'conformance.schema.json', text: asText(schema) },
    { name: 'conformance.html', text: pageOf(report) },
    { name: 'conformance.junit.xml', text: junitOf(report) },
    ...report.stores.map((verdict) => ({
      name: badgeFileOf(verdict.store),
      text: asText(badgeOf(verdict)),
    })),
  ];
}

/** The name of a store's badge: two stores whose badges are one file make no report together. */
export function badgeFileOf(store: string): string {
  return `conformance-badge-${store.replace(/[^A-Za-z0-9._-]/g, '-')}.json`;
}

function asText(data: unknown): string {
  return `${JSON.stringify(data, undefined, 2)}\n`;
}
