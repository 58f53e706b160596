import { type Markup, html as xml } from '../../core/markup.js';
import type { CaseResult } from '../case.js';
import type { StoreVerdict } from '../run.js';
import type { ConformanceReport } from './report.js';

/** The JUnit form that build servers read: a suite for each store with what it claims, and for each case which requirements it verifies. */
export function junitOf({ stores }: ConformanceReport): string {
  const all = stores.flatMap(({ cases }) => cases);
  return xml`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="conformance"${countsOf(all)}>
${stores.map(suiteOf)}</testsuites>
`.markup;
}

function suiteOf({ store, claims, cases }: StoreVerdict): Markup {
  const claimed = Object.entries(claims).map(([name, value]) => property(`claims.${name}`, [value].flat().join(',')));
  return xml`<testsuite name="${store}"${countsOf(cases)}>
<properties>${claimed}</properties>
${cases.map((one) => caseOf(store, one))}</testsuite>
`;
}

function caseOf(store: string, { id, level, title, requirements, status, message, duration_ms }: CaseResult): Markup {
  const properties = [
    property('case', id),
    property('level', level),
    ...requirements.map((requirement) => property('verifies', requirement)),
  ];
  return xml`<testcase classname="${store}.${id}" name="${title}" time="${seconds(duration_ms)}"><properties>${properties}</properties>${outcome(status, message)}</testcase>
`;
}

function property(name: string, value: string): Markup {
  return xml`<property name="${name}" value="${value}"/>`;
}

function outcome(status: CaseResult['status'], message = ''): Markup | undefined {
  switch (status) {
    case 'pass':
      return undefined;
    case 'fail':
      return xml`<failure type="fail" message="${message}"/>`;
    case 'error':
      return xml`<error type="error" message="${message}"/>`;
    case 'unsupported':
    case 'disabled':
    case 'not-applicable':
      return xml`<skipped message="${message === '' ? status : `${status}: ${message}`}"/>`;
  }
}

function countsOf(cases: readonly CaseResult[]): Markup {
  const count = (...statuses: readonly CaseResult['status'][]) => cases.filter(({ status }) => statuses.includes(status)).length;
  const took = cases.reduce((sum, { duration_ms }) => sum + duration_ms, 0);
  const skipped = count('unsupported', 'disabled', 'not-applicable');
  return xml` tests="${cases.length}" failures="${count('fail')}" errors="${count('error')}" skipped="${skipped}" time="${seconds(took)}"`;
}

function seconds(durationMs: number): string {
  return (durationMs / 1000).toFixed(3);
}
