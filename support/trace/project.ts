import { citationsIn } from '../../src/trace/citations.js';
import { type Coverage, coverageIn } from '../../src/trace/coverage.js';
import type { ReadFeature } from '../../src/trace/features.js';
import { scenariosIn } from '../../src/trace/features.js';
import type { Inputs, Policy } from '../../src/trace/inputs.js';
import type { Lock } from '../../src/trace/lock.js';
import type { ReadRun } from '../../src/trace/messages.js';
import { mentionsIn, requirementsIn } from '../../src/trace/requirements.js';
import type { TriedSaboteur } from '../../src/trace/saboteurs.js';
import type { Result } from '../../src/trace/trace.js';
import { sha256 } from '../../src/trace/words.js';

/** A small project as texts, by path; what is not given there is not. */
export interface Project {
  readonly specification: string;
  readonly features: Readonly<Record<string, string>>;
  readonly code?: Readonly<Record<string, string>>;
  readonly saboteurs?: readonly TriedSaboteur[];
  readonly runs?: readonly ReadRun[];
  readonly resultsMissed?: readonly string[];
  readonly coverage?: Coverage | undefined;
  readonly lock?: Lock | undefined;
  readonly policy?: Partial<Policy>;
  readonly id?: string;
  readonly checklists?: boolean;
}

export const today = '2026-11-22';
const policy: Policy = {
  normative: '@normative',
  external: {},
  waivers: [],
  rulings: {},
  optional: [],
  teeth: undefined,
  mayClaimNothing: false,
};

/** What the tracer reads of such a project; without runs every scenario passed in one. */
export function inputsOf(project: Project): Inputs {
  const id = project.id ?? 'REQ-\\d+';
  const specification = { path: 'spec.md', text: project.specification };
  const features = Object.entries(project.features).map(([path, text]) => scenariosIn({ path, text }));
  const code = Object.entries(project.code ?? {}).map(([path, text]) => ({ path, text }));
  return {
    title: 'a project',
    files: [specification, ...code].map(({ path, text }) => ({ path, sha256: sha256(text) })),
    id,
    requirements: requirementsIn(specification, { id, checklists: project.checklists ?? false }),
    mentions: mentionsIn(specification, id),
    citations: code.flatMap((source) => citationsIn(source, id)),
    features,
    runs: project.runs ?? [runOf(features)],
    resultsMissed: project.resultsMissed ?? [],
    saboteurs: project.saboteurs ?? [],
    coverage: project.coverage,
    lock: project.lock,
    policy: { ...policy, ...project.policy },
    today,
  };
}

/** A run of these features in which all scenarios passed but those whose names are given another outcome. */
export function runOf(
  features: readonly ReadFeature[],
  about: { readonly id?: string; readonly store?: string; readonly outcomes?: Readonly<Record<string, Partial<Result>>> } = {},
): ReadRun {
  const { id = 'cucumber', store, outcomes = {} } = about;
  const scenarios = features.flatMap((feature) => feature.scenarios);
  const results = scenarios.map(({ place, name, steps }) => {
    const { status = 'passed', ...more } = outcomes[name] ?? {};
    const result: Result = {
      run: id,
      status,
      attempts: 1,
      durationMs: steps.length,
      steps: steps.map(() => ({ status, durationMs: 1 })),
      message: undefined,
      attachments: [],
      ...more,
    };
    return { ...place, name, result };
  });
  return {
    run: { id, store, platform: 'linux-x64', node: 'v20.20.2', startedAt: '2026-11-22T08:00:00.000Z', path: `reports/${id}.ndjson` },
    sources: new Map(features.map(({ path, sha256: hash }) => [path, hash])),
    results,
    planned: scenarios.map(({ place }) => place),
    definitions: [],
    ended: results.every(({ result }) => ['passed', 'skipped'].includes(result.status)) ? 'well' : 'badly',
  };
}

/** Every status at least once. */
export function everyStatus(): Inputs {
  const features = { 'features/doors.feature': doors };
  const read = Object.entries(features).map(([path, text]) => scenariosIn({ path, text }));
  const outcomes = {
    'A forced door': { status: 'failed', message: 'AssertionError: expected the door to be shut' },
    'A bell at night': { status: 'passed', attempts: 3 },
    'A far door': { status: 'skipped' },
  } as const;
  const crash = { mediaType: 'application/json', name: 'crash-state.json', text: '{"before":["door"],"after":["door","door.tmp"]}' };
  const store = { ...outcomes, 'A forced door': { ...outcomes['A forced door'], attachments: [crash] } };
  return inputsOf({
    specification: house,
    features,
    code: { 'src/door.ts': '// REQ-1: shut before it is locked\n// OTHER-9 has more\n' },
    id: '(?:REQ|OTHER)-\\d+',
    runs: [
      runOf(read, { id: 'on-fs', store: 'fs', outcomes: store }),
      runOf(read, { id: 'on-memory', store: 'memory', outcomes: { 'A far door': { status: 'skipped' } } }),
    ],
    saboteurs: [
      { name: 'leaves it open', breaks: 'REQ-1', does: 'does not shut', caughtBy: ['REQ-1'] },
      { name: 'rings twice', breaks: 'REQ-5', does: 'rings twice', caughtBy: [] },
    ],
    coverage: coverageIn('{ "features/doors.feature:31": ["src/door.ts:1-2"], "features/doors.feature:32": [] }'),
    policy: { external: { 'OTHER-9': 'the house next door' }, waivers: [{ id: 'REQ-8', reason: 'no chimney yet', until: '2027-01-31' }] },
  });
}

const house = `# A house
## Doors
- [REQ-1] Shut
  - A door MUST shut. It SHOULD NOT squeak, and MAY be blue.
- [REQ-2] Locked
  - GIVEN a door that is shut
  - WHEN somebody locks it
  - THEN it MUST NOT open
- [REQ-3] Forced
  - A door that is forced MUST ring.
- [REQ-4] At night
  - A bell MUST ring at night.
- [REQ-5] Once
  - A bell MUST ring once.
- [REQ-6] Seen
  - A door SHOULD be seen, as OTHER-9 says.
## Outside
- [REQ-7] Far
  - A far door MUST be told of.
- [REQ-8] Chimney
  - Smoke MUST rise.
- [REQ-9] Garden
  - A garden MUST be green.
`;

const doors = `Feature: Doors
  @REQ-2 @normative
  Scenario: Locked
    Given a door that is shut
    When somebody locks it twice
    Then it MUST NOT open
  @REQ-3
  Scenario: A forced door
    When it is forced
    Then it rings
  @REQ-4
  Scenario: A bell at night
    Then it rings
  @REQ-5
  Scenario: Once
    Then it rings once
  @REQ-6
  Scenario: Seen
    Then it is seen
  @REQ-7
  Scenario: A far door
    Then it is told of
  @REQ-1
  Rule: A door shuts
    Scenario Outline: A <colour> door
      Given a <colour> door
      When it is pushed
      Then it is shut
      Examples:
        | colour |
        | red    |
        | blue   |
`;
