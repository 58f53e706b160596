// Over 300 lines: one function for each kind of finding, and the list that they make.
import type { Claims } from './claims.js';
import { type Contradiction, contradictionsIn } from './conflicts.js';
import { isDrift, normativeOf } from './drift.js';
import type { Inputs, Policy } from './inputs.js';
import { type LockLine, linesOf, lockLine } from './lock.js';
import { strongest } from './obligations.js';
import type { Stated } from './requirements.js';
import { isWrong, type Outcomes, outcomeOf } from './results.js';
import { type Finding, type FindingKind, findingKinds, type Obligation, type Place, type Requirement, type Scenario } from './trace.js';
import { differenceText } from './words.js';

export interface Joined {
  readonly inputs: Inputs;
  readonly requirements: readonly Requirement[];
  readonly stated: ReadonlyMap<string, Stated>;
  readonly claims: Claims;
  readonly outcomes: Outcomes;
}

/** What the gate judges, the gravest first (CAT-TRC-5103, CAT-TRC-5106). */
export function findingsOf(joined: Joined): Finding[] {
  const found = [
    failures,
    uncovered,
    drifted,
    notAsAccepted,
    conflicts,
    orphans,
    unusedSteps,
    unreached,
    vacuous,
    flaky,
    waivers,
    notRun,
    skipped,
    resultsMissed,
  ].flatMap((look) => look(joined));
  return found.sort(
    (a, b) =>
      findingKinds[a.kind] - findingKinds[b.kind] ||
      compare(a.places[0]?.path ?? '', b.places[0]?.path ?? '') ||
      (a.places[0]?.line ?? 0) - (b.places[0]?.line ?? 0) ||
      compare(a.message, b.message),
  );
}

function failures({ claims, inputs, outcomes }: Joined): Finding[] {
  const troubles = inputs.features.flatMap((feature) => feature.troubles);
  const failed = claims.scenarios.filter((scenario) => outcomeOf(scenario) === 'failed');
  const undefinedOnes = claims.scenarios.filter((scenario) => outcomeOf(scenario) === 'undefined');
  const outside = inputs.runs.filter(({ ended, results }) => ended !== 'well' && !results.some(({ result }) => isWrong(result.status)));
  return [
    ...troubles.map(({ place, message }) => finding('failed', undefined, [place], `cannot be read: ${message}`)),
    ...failed.map((scenario) => finding('failed', scenario.id, [scenario.place], `${scenario.name}: ${whyOf(scenario)}`)),
    ...outcomes.strays.map(({ run, place, name, result }) =>
      finding('failed', undefined, [place], `${name}: ${result.status} in ${run}, and no scenario stands here as it was then`),
    ),
    ...undefinedOnes.map((scenario) => finding('undefined', scenario.id, [scenario.place], `${scenario.name}: a step is undefined`)),
    ...outside.map(({ run, ended, why }) =>
      finding(
        'failed',
        undefined,
        [{ path: run.path, line: 1 }],
        `${ended === 'badly' ? 'the run failed outside its scenarios' : 'the run ended before its time'}${why === undefined ? '' : `: ${why.split('\n')[0]}`}`,
      ),
    ),
  ];
}

/** A requirement that nobody claims, or each obligation of it that nobody claims where others of it are claimed. */
function uncovered({ requirements, inputs }: Joined): Finding[] {
  const isOpen = ({ id }: Obligation): boolean => inputs.lock?.get(id)?.standing === 'open';
  const accepted = (isAccepted: boolean): string => (isAccepted ? ', and it is accepted as open' : '');
  return requirements.flatMap((requirement) => {
    const { id, level, source, title, obligations } = requirement;
    if (requirement.status === 'uncovered') {
      const isAccepted = obligations.every(isOpen);
      return [
        finding('uncovered', id, [source], `${title}: no scenario claims it${accepted(isAccepted)}`, level === 'MUST' && !isAccepted),
      ];
    }
    return unclaimed(requirement).map((one) => {
      const message = `${one.text}: no scenario claims this obligation${accepted(isOpen(one))}`;
      return finding('uncovered', one.id, [source], message, isDemanded(one) && !isOpen(one));
    });
  });
}

/** Obligations that nobody claims, of a requirement of which others are claimed and that is not waived. */
function unclaimed({ obligations, scenarios, status }: Requirement): Obligation[] {
  return scenarios.length === 0 || status === 'waived' ? [] : obligations.filter((one) => one.scenarios.length === 0);
}

function isDemanded({ keyword }: Obligation): boolean {
  return strongest([keyword]) === 'MUST';
}

function drifted({ requirements, claims }: Joined): Finding[] {
  return requirements.flatMap(({ id, source, drift }) => {
    if (drift === undefined || !isDrift(drift)) return [];
    const scenario = claims.told.get(drift.scenario ?? '')?.place;
    const words = drift.words.length > 0 ? `: ${differenceText(drift.words)}` : '';
    const messages = {
      reworded: `the normative scenario says something else${words}`,
      missing: `it has ${normativeOf(claims.byRequirement.get(id) ?? []).length} normative scenarios, not one${words}`,
      'changed since it was accepted': 'its text is not the one that was accepted',
    };
    return [finding('drift', id, scenario ? [source, scenario] : [source], messages[drift.kind as keyof typeof messages])];
  });
}

/** Every other difference from the lock: a scenario, a step, a citation more or less, an obligation that came or went. */
function notAsAccepted({ inputs, requirements, claims }: Joined): Finding[] {
  const { lock } = inputs;
  if (lock === undefined) return [];
  const scenarios = new Map(claims.scenarios.map((scenario) => [scenario.id, scenario]));
  const now = new Map(
    requirements.flatMap((requirement) => linesOf(requirement, scenarios).map((line) => [line.id, { line, requirement }] as const)),
  );
  const changed = [...now].flatMap(([id, { line, requirement }]) => {
    const kind = kindOfChange(lock.get(id), line, requirement);
    return kind === undefined ? [] : [finding(kind, id, [requirement.source], changeText(lock.get(id), line))];
  });
  const gone = [...lock.values()].filter(({ id }) => !now.has(id));
  return [...changed, ...gone.map((line) => finding('drift', line.id, [], `it was accepted and is gone: ${lockLine(line)}`))];
}

function kindOfChange(before: LockLine | undefined, now: LockLine, requirement: Requirement): FindingKind | undefined {
  if (before && lockLine(before) === lockLine(now)) return undefined;
  const isOpen = now.standing === 'open' && before?.standing !== 'open' && requirement.level === 'MUST';
  if (!isOpen) return 'drift';
  if (requirement.status === 'uncovered') return undefined;
  const told = unclaimed(requirement).find(({ id }) => id === now.id);
  if (told === undefined) return 'uncovered';
  return isDemanded(told) ? undefined : 'drift';
}

function changeText(before: LockLine | undefined, now: LockLine): string {
  if (before === undefined) return `it was not accepted yet: ${lockLine(now)}`;
  const parts = (['standing', 'scenarios', 'steps', 'citations'] as const).filter((part) => before[part] !== now[part]);
  const changes = [
    ...parts.map((part) => `${part} ${before[part]} → ${now[part]}`),
    ...(before.words === now.words ? [] : ['other words in its scenarios']),
    ...(before.hash === now.hash ? [] : ['another text']),
  ];
  return `not as it was accepted: ${changes.join(', ')}`;
}

function conflicts({ inputs, stated }: Joined): Finding[] {
  const again = inputs.requirements.filter((one) => stated.get(one.id) !== one);
  const twice = again.map(({ id, source }) => {
    const first = stated.get(id)?.source;
    return finding('conflict', id, [source, ...(first ? [first] : [])], `${id} is defined more than once`);
  });
  const elsewhere = Object.keys(inputs.policy.external).flatMap((id) => {
    const here = stated.get(id);
    return here ? [finding('conflict', id, [here.source], `${id} is said to be defined elsewhere, and is defined here`)] : [];
  });
  return [...twice, ...elsewhere, ...contradictions([...stated.values()], inputs.policy)];
}

/** What is decided about a contradiction is told with it, and it does not count; what is decided about none is an orphan. */
function contradictions(requirements: readonly Stated[], { rulings }: Policy): Finding[] {
  const found = contradictionsIn(requirements).map((contradiction) => ({ ...contradiction, ruling: rulingOn(contradiction, rulings) }));
  const used = new Set(found.map(({ ruling }) => ruling));
  const idle = Object.keys(rulings).filter((ids) => !used.has(ids));
  return [
    ...found.map(({ one, other, onlyOne, onlyOther, ruling }) => {
      const said = `${one.id} says ${onlyOne.join(', ')}, which ${other.id} does not; that says ${onlyOther.join(', ')}`;
      const decided = ruling === undefined ? '' : `. Decided: ${rulings[ruling]}`;
      return finding('conflict', one.id, [one.source, other.source], `${said}${decided}`, ruling === undefined);
    }),
    ...idle.map((ids) => finding('orphan', undefined, [], `a ruling on ${ids}, which do not contradict each other`)),
  ];
}

function rulingOn({ one, other }: Contradiction, rulings: Policy['rulings']): string | undefined {
  return [`${one.id} ${other.id}`, `${other.id} ${one.id}`].find((ids) => Object.hasOwn(rulings, ids));
}

function orphans({ inputs, stated, claims }: Joined): Finding[] {
  const { policy, citations, mentions, saboteurs } = inputs;
  const isKnown = (id: string): boolean => stated.has(id) || Object.hasOwn(policy.external, id);
  const strays = normativeOf(claims.scenarios).filter(
    ({ requirements }) => !requirements.some((id) => (stated.get(id)?.clauses.length ?? 0) > 0),
  );
  const claimless = policy.mayClaimNothing ? [] : claims.scenarios.filter(({ requirements }) => requirements.length === 0);
  return [
    ...claims.unknown.map(({ tag, place }) => finding('orphan', undefined, [place], `the tag ${tag} names no requirement`)),
    ...inputs.features.flatMap(({ rowless }) =>
      rowless.map(({ place, name }) => finding('orphan', undefined, [place], `${name}: its examples have no rows, and nothing runs`)),
    ),
    ...claimless.map(({ id, place, name }) => finding('orphan', id, [place], `${name}: claims no requirement`)),
    ...strays.map(({ id, place, name }) =>
      finding('orphan', id, [place], `${name}: is ${policy.normative} and claims nothing that has GIVEN, WHEN and THEN`),
    ),
    ...[...mentions, ...citations]
      .filter(({ id }) => !isKnown(id))
      .map(({ id, place }) => finding('orphan', id, [place], `${id} is cited and defined nowhere`)),
    ...saboteurs
      .flatMap(({ name, breaks }) => (isKnown(breaks) ? [] : [{ name, breaks }]))
      .map(({ name, breaks }) => finding('orphan', breaks, [], `the saboteur "${name}" breaks ${breaks}, which is defined nowhere`)),
    ...policy.waivers.filter(({ id }) => !isKnown(id)).map(({ id }) => finding('orphan', id, [], `${id} is waived and defined nowhere`)),
  ];
}

/** Judged only where every scenario was to run in some run, and be it a dry one: else nobody knows what it would have used. */
function unusedSteps({ inputs, claims, outcomes }: Joined): Finding[] {
  if (!claims.scenarios.every(({ id }) => outcomes.planned.has(id))) return [];
  const used = new Set<string>();
  const all = new Map<string, { readonly place: Place; readonly pattern: string }>();
  for (const { place, pattern, isUsed } of inputs.runs.flatMap(({ definitions }) => definitions)) {
    const key = `${place.path}:${place.line} ${pattern}`;
    all.set(key, { place, pattern });
    if (isUsed) used.add(key);
  }
  return [...all]
    .filter(([key]) => !used.has(key))
    .map(([, { place, pattern }]) => finding('orphan', undefined, [place], `no scenario uses the step ${pattern}`));
}

/** Code that cites a requirement and that none of its scenarios runs: told, and not counted, because what is measured is not all that runs. */
function unreached({ requirements }: Joined): Finding[] {
  return requirements.flatMap(({ id, citations }) =>
    citations
      .filter(({ reachedBy }) => reachedBy?.length === 0)
      .map(({ path, line }) => finding('not reached', id, [{ path, line }], 'none of its scenarios runs the code that cites it', false)),
  );
}

function vacuous({ requirements }: Joined): Finding[] {
  return requirements
    .filter(({ status }) => status === 'vacuous')
    .map(({ id, source, level, because }) => finding('vacuous', id, [source], because.join('; '), level === 'MUST'));
}

function flaky({ claims }: Joined): Finding[] {
  return claims.scenarios
    .filter((scenario) => outcomeOf(scenario) === 'flaky')
    .map(({ id, place, name }) => finding('flaky', id, [place], `${name}: passed when it was tried again`));
}

function waivers({ inputs, requirements }: Joined): Finding[] {
  const sources = new Map(requirements.map(({ id, source }) => [id, source]));
  return inputs.policy.waivers
    .filter(({ until }) => until < inputs.today)
    .map(({ id, until, reason }) =>
      finding(
        'expired waiver',
        id,
        [sources.get(id)].flatMap((one) => one ?? []),
        `waived until ${until}: ${reason}`,
      ),
    );
}

/** What nobody can tell from a green run: nothing ran, or not this one, or it ran and has changed since. */
function notRun({ inputs, claims, outcomes }: Joined): Finding[] {
  const ran = claims.scenarios.some((scenario) => !['not run', 'skipped'].includes(outcomeOf(scenario)));
  const stale = outcomes.stale.map(({ path, runs }) =>
    finding('nothing ran', undefined, [{ path, line: 1 }], `it has changed since it ran in ${runs.join(', ')}`),
  );
  if (!ran) return [...stale, finding('nothing ran', undefined, [], 'no scenario of these features ran')];
  const isStale = new Set(outcomes.stale.map(({ path }) => path));
  const silent = claims.scenarios.filter((scenario) => outcomeOf(scenario) === 'not run' && !isStale.has(scenario.place.path));
  return [
    ...stale,
    ...silent.map((scenario) => {
      const { id, place, name } = scenario;
      return finding('nothing ran', id, [place], `${name}: did not run`, !isOptional(scenario, inputs.policy));
    }),
  ];
}

/** What MUST be and was looked at by nobody: each scenario that claims it was skipped. It does not count where all of these are optional. */
function skipped({ inputs, requirements, claims }: Joined): Finding[] {
  const all = new Map(claims.scenarios.map((scenario) => [scenario.id, scenario]));
  const lookOf = (ids: readonly string[]): { readonly isSilent: boolean; readonly counts: boolean } => {
    const own = ids.flatMap((id) => all.get(id) ?? []);
    const outcomes = new Set(own.map(outcomeOf));
    const isSilent = outcomes.has('skipped') && [...outcomes].every((one) => one === 'skipped' || one === 'not run');
    return { isSilent, counts: !own.every((scenario) => isOptional(scenario, inputs.policy)) };
  };
  return requirements.flatMap(({ id, level, status, source, title, scenarios, obligations }) => {
    if (level !== 'MUST' || status === 'waived') return [];
    const whole = lookOf(scenarios);
    if (whole.isSilent) return [finding('nothing ran', id, [source], `${title}: all its scenarios were skipped`, whole.counts)];
    return obligations.filter(isDemanded).flatMap((one) => {
      const { isSilent, counts } = lookOf(one.scenarios);
      return isSilent ? [finding('nothing ran', one.id, [source], `${one.text}: all its scenarios were skipped`, counts)] : [];
    });
  });
}

function isOptional({ tags }: Scenario, { optional }: Policy): boolean {
  return tags.some((tag) => optional.includes(tag));
}

function resultsMissed({ inputs }: Joined): Finding[] {
  return (inputs.resultsMissed ?? []).map((pattern) => finding('nothing ran', undefined, [], `results: no file is named by ${pattern}`));
}

function whyOf({ results }: Scenario): string {
  const wrong = results.find(({ status }) => isWrong(status));
  return wrong?.message?.split('\n')[0] ?? wrong?.status ?? 'failed';
}

function finding(kind: FindingKind, id: string | undefined, places: readonly Place[], message: string, counts = true): Finding {
  return { kind, id, places, message, counts };
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
