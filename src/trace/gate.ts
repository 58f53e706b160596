import { strongest } from './obligations.js';
import { type Finding, findingKinds, type Trace } from './trace.js';

/** What counts against a trace, what does not, and the exit code of that. */
export interface Verdict {
  /** 0 where all is met, else that of the gravest finding that counts (CAT-TRC-5106). */
  readonly exitCode: number;
  readonly counted: readonly Finding[];
  /** What is told and does not count. */
  readonly others: readonly Finding[];
}

/** The judgement of a trace; with `level: 'SHOULD'` what only a SHOULD lacks counts too. */
export function gateOf(
  { findings, requirements }: Pick<Trace, 'findings' | 'requirements'>,
  options: { readonly level?: 'MUST' | 'SHOULD' } = {},
): Verdict {
  const recommended = new Set([
    ...requirements.filter(({ level }) => level === 'SHOULD').map(({ id }) => id),
    ...requirements.flatMap(({ obligations }) =>
      obligations.filter(({ keyword }) => strongest([keyword]) === 'SHOULD').map(({ id }) => id),
    ),
  ]);
  const isAsked = ({ kind, id = '' }: Finding): boolean => options.level === 'SHOULD' && kind === 'uncovered' && recommended.has(id);
  const counted = findings.filter((finding) => finding.counts || isAsked(finding));
  const others = findings.filter((finding) => !counted.includes(finding));
  const exitCode = counted.length === 0 ? 0 : Math.min(...counted.map(({ kind }) => findingKinds[kind]));
  return { exitCode, counted, others };
}
