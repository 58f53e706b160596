import type { CaseResult } from '../case.js';
import { escaped } from './escaped.js';
import type { ConformanceReport } from './report.js';

/** The JUnit form that build servers read; each case carries its requirements as properties. */
export function junitOf({ stores }: ConformanceReport): string {
  const suites = stores.map(({ store, cases, totals }) => {
    const skipped = totals.unsupported + totals.disabled + totals['not-applicable'];
    const counts = `tests="${cases.length}" failures="${totals.fail}" errors="${totals.error}" skipped="${skipped}"`;
    return `  <testsuite name="${escaped(store)}" ${counts}>\n${cases.map((one) => caseOf(store, one)).join('')}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="conformance">\n${suites.join('')}</testsuites>\n`;
}

function caseOf(store: string, { id, title, requirements, status, message = '', duration_ms }: CaseResult): string {
  const properties = requirements.map((requirement) => `<property name="verifies" value="${escaped(requirement)}"/>`).join('');
  const head = `<testcase classname="${escaped(`${store}.${id}`)}" name="${escaped(title)}" time="${(duration_ms / 1000).toFixed(3)}">`;
  return `    ${head}<properties>${properties}</properties>${outcome(status, message)}</testcase>\n`;
}

function outcome(status: CaseResult['status'], message: string): string {
  switch (status) {
    case 'pass':
      return '';
    case 'fail':
      return `<failure message="${escaped(message)}"/>`;
    case 'error':
      return `<error message="${escaped(message)}"/>`;
    case 'unsupported':
    case 'disabled':
    case 'not-applicable':
      return `<skipped message="${escaped(message === '' ? status : `${status}: ${message}`)}"/>`;
  }
}
