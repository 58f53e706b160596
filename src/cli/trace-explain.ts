import { type Explanation, explanationOf } from '../trace/explain.js';
import { outcomeOf } from '../trace/results.js';
import type { Citation, Scenario } from '../trace/trace.js';
import { differenceText } from '../trace/words.js';
import { CliRefusal } from './hints.js';
import { examples } from './options.js';
import { printable } from './render.js';
import type { PlainVerb } from './run.js';
import { declareConfig, findingLine, type TraceOptions, traced } from './tracing.js';

export const traceExplain: PlainVerb<TraceOptions> = {
  declare(command) {
    command.argument('<requirement>', 'its id');
    declareConfig(command);
    command.addHelpText('after', examples('catalog trace explain CAT-INT-3301'));
  },
  async answer(_session, [id = ''], options) {
    const { trace } = await traced(options);
    const found = explanationOf(trace, id);
    if (found === undefined)
      throw new CliRefusal('InvalidArgument', `no requirement is named ${id}`, 'catalog trace report --json tells what there is');
    return { document: { explanation: found }, ids: [...found.requirement.scenarios], lines: () => linesOf(found).map(printable) };
  },
};

function linesOf({ requirement, scenarios, saboteurs, findings, children }: Explanation): string[] {
  const { id, title, level, status, because, source, obligations, citations, caught, survived, drift, parent } = requirement;
  const [isCaught, hasSurvived] = [new Set(caught), new Set(survived)];
  return [
    `${id}  ${title}  ${level}  ${status}: ${because.join('; ')}`,
    `${source.path}:${source.line}${parent === undefined ? '' : `, below ${parent}`}`,
    ...part(
      'Obligations',
      obligations.map((one) => `${one.id}  ${one.status}  ${one.text}`),
    ),
    ...part('Drift', drift ? [`${drift.kind} ${differenceText(drift.words)}`.trim()] : []),
    ...part('Below it', children),
    ...part('Code', citations.map(citationLine)),
    ...part('Scenarios', scenarios.map(scenarioLine)),
    ...part(
      'Saboteurs',
      saboteurs.map(
        ({ name, breaks }) =>
          `${isCaught.has(name) ? 'caught  ' : hasSurvived.has(name) ? 'survived' : 'outdated'}  ${name}${breaks === id ? '' : ` (of ${breaks})`}`,
      ),
    ),
    ...(caught.length + survived.length === 0 ? ['', 'No saboteur was caught by it: nobody knows whether its scenarios can fail.'] : []),
    ...part('Findings', findings.map(findingLine)),
  ];
}

function citationLine({ path, line, reachedBy }: Citation): string {
  const by = reachedBy?.length === 0 ? 'none of its scenarios' : reachedBy?.join(', ');
  return by === undefined ? `${path}:${line}` : `${path}:${line}  run by ${by}`;
}

function scenarioLine(scenario: Scenario): string {
  return `${scenario.id}  ${outcomeOf(scenario)}  ${scenario.name}`;
}

function part(name: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', name, ...lines.map((line) => `  ${line}`)];
}
