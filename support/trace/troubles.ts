import { type ReadFeature, scenariosIn } from '../../src/trace/features.js';
import type { Policy } from '../../src/trace/inputs.js';
import type { ReadRun } from '../../src/trace/messages.js';
import type { Place, Result } from '../../src/trace/trace.js';
import { accepted } from './deletions.js';
import { type Project, runOf } from './project.js';
import { village } from './village.js';

/** Forms of a requirement in Markdown. */
export const forms: Readonly<Record<string, string>> = {
  'an item with an id': '- [REQ-1] Bell\n  - It MUST ring.\n',
  'a heading with an id': '## REQ-1: Bell\nIt MUST ring.\n\n### REQ-2 Clapper\nIt SHOULD be there.\n',
  'an id in bold': 'About bells.\n\n* **REQ-1** It MUST ring.\n',
  'a box of a checklist': '- [ ] Wash up\n  - [x] Dry up!\n',
  'GIVEN, WHEN, THEN without id':
    '- A guest\n  - GIVEN a guest\n  - WHEN they ring\n  - AND wait\n  - THEN the door opens\n- Nothing of that\n',
  'ids of which one begins another': '- [R-10] Ten\n- `R-1` One\n- R-10: Ten again\n',
  'an id in a fence': '```\n- [REQ-1] Bell\n```\n',
};

const bridge = village.features['features/bridge.feature'] ?? '';

function withBridge(changed: string): Project {
  return { ...village, features: { ...village.features, 'features/bridge.feature': changed } };
}

export const normativeTroubles: Readonly<Record<string, Project>> = {
  'is as it should be': village,
  'has another blank': withBridge(bridge.replace('a river', 'a\u00a0river')),
  'has another word': withBridge(bridge.replace('a river', 'a brook')),
  'has When in place of Given': withBridge(bridge.replace('Given a river', 'When a river')),
  'is not normative': withBridge(bridge.replace('@normative', '')),
};

const whole = accepted(village);
const mill = village.features['features/mill.feature'] ?? '';
const later = `${mill}\n  # later\n`;

/** What may be wrong with the village, each alone. */
export const troubles: Readonly<Record<string, Project>> = {
  'a failure below': failureBelow(),
  'a scenario that failed': { ...whole, runs: [run({ Corn: { status: 'failed', message: 'no corn' } })] },
  'a run that was cut short': { ...whole, runs: [{ ...run(), ended: 'before its time' }] },
  'a feature that cannot be read': {
    ...whole,
    features: { ...whole.features, 'features/odd.feature': 'Feature: odd\n  Scenario: odd\n    Given a thing\n    nonsense\n' },
  },
  'a MUST that nobody claims': { ...whole, specification: `${village.specification}- [REQ-5] Smithy\n  - A smith MUST be there.\n` },
  'another word in a requirement': { ...whole, specification: village.specification.replace('grind', 'mill') },
  'an id that is defined twice': { ...whole, specification: `${village.specification}- [REQ-2] Mill\n  - Another.\n` },
  'two lists of the fields of one thing': lists('`miller`, `grain`, `price?`', '`miller`, `grain`, `weights[]`'),
  'two lists of a type': lists('a `Sack` (`miller`, `grain`, `price`)', 'a `Sack` (`owner`, `colour`, `weight`)'),
  'a ruling on two that agree': { ...whole, policy: { rulings: { 'REQ-2 REQ-3': 'the miller decides' } } },
  'a tag of no requirement': withMill(mill.replace('@REQ-4', '@REQ-4 @REQ-44')),
  'a citation of no requirement': { ...whole, code: { ...village.code, 'src/well.ts': '// REQ-33\n' } },
  'an id in its documents of no one': {
    ...whole,
    specification: village.specification.replace('A mill', 'As REQ-77 says, a mill'),
    lock: undefined,
  },
  'a scenario that claims nothing': withMill(mill.replace('@REQ-4', '@other'), {
    specification: village.specification.replace(/- \[REQ-4\].*$/s, ''),
  }),
  'a step that no scenario uses': {
    ...whole,
    runs: [{ ...run(), definitions: [{ place: { path: 'steps.ts', line: 3 }, pattern: 'it snows', isUsed: false }] }],
  },
  'a step that no scenario of a plan uses': {
    ...whole,
    runs: [run(), { ...planned(), definitions: [{ place: { path: 'steps.ts', line: 3 }, pattern: 'it snows', isUsed: false }] }],
  },
  'only a plan': { ...whole, runs: [planned()] },
  'a saboteur that was not caught': { ...whole, saboteurs: [{ name: 'dry well', breaks: 'REQ-3', does: 'drains it', caughtBy: [] }] },
  'a scenario that passed when repeated': { ...whole, runs: [run({ Corn: { attempts: 2 } })] },
  'a waiver that has expired': { ...whole, policy: { waivers: [{ id: 'REQ-3', reason: 'drought', until: '2026-11-21' }] } },
  'a feature that changed since it ran': { ...withMill(later), runs: [run()] },
  'no run': { ...whole, runs: [] },
  'only skipped scenarios': { ...whole, runs: [run(Object.fromEntries(namesOf().map((name) => [name, { status: 'skipped' as const }])))] },
  'a MUST of which all was skipped': { ...whole, runs: [run({ Water: { status: 'skipped' }, Corn: { status: 'skipped' } })] },
  'an obligation of which all was skipped': {
    ...accepted(ofOneObligation('@REQ-2#1')),
    runs: [runOf(featuresOf(ofOneObligation('@REQ-2#1')), { outcomes: { Corn: { status: 'skipped' } } })],
  },
  'results that are named and absent': { ...whole, resultsMissed: ['reports/fs/*.ndjson'] },
  'a run that failed where a scenario is not as it is now': {
    ...whole,
    runs: [withStray(run(), { path: 'features/mill.feature', line: 4 })],
  },
  'a run that failed in a scenario of nobody': { ...whole, runs: [withStray(run(), { path: 'features/gone.feature', line: 3 })] },
  'a MUST of which one obligation is claimed by nobody': ofOneObligation('@REQ-2#2'),
  'an id that others define too': { ...whole, policy: { external: { 'REQ-2': 'the village next door' } } },
  'another scenario in place of one': withMill(mill.replace('corn is brought', 'rye is brought')),
  'another scenario name': withMill(mill.replace('Scenario: Corn', 'Scenario: Rye')),
  'an outline without rows': withMill(`${mill}\n  @REQ-4\n  Scenario Outline: No <beds>\n    Then <beds>\n    Examples:\n      | beds |\n`),
  'a normative outline whose second row says something else': {
    ...withBridge(
      bridge
        .replace('Scenario: Bridge', 'Scenario Outline: Bridge')
        .replace('a river', '<water>')
        .replace('get wet\n', 'get wet\n    Examples:\n      | water   |\n      | a river |\n      | a brook |\n'),
    ),
    lock: undefined,
  },
  'a step that nobody defined': { ...whole, runs: [run({ Corn: { status: 'undefined' } })] },
};

export function ranAndPlanned(): Project {
  return { ...whole, runs: [run(), planned()] };
}

/** The village in which these scenarios were skipped, and those of the mill bear a tag. */
export function skippedVillage(names: readonly string[], tag: string): Project {
  const features = { ...village.features, 'features/mill.feature': mill.replaceAll('@REQ-2', `${tag} @REQ-2`) };
  const outcomes = Object.fromEntries(names.map((name) => [name, { status: 'skipped' as const }]));
  const project = { ...village, features, policy: { optional: [tag] } };
  return accepted({ ...project, runs: [runOf(featuresOf(project), { outcomes })] });
}

function planned(): ReadRun {
  const skipped = run(Object.fromEntries(namesOf().map((name) => [name, { status: 'skipped' as const }])));
  return { ...skipped, run: { ...skipped.run, id: 'plan', path: 'reports/plan.ndjson' }, isPlan: true };
}

function run(outcomes: Readonly<Record<string, Partial<Result>>> = {}): ReadRun {
  return runOf(
    Object.entries(village.features).map(([path, text]) => scenariosIn({ path, text })),
    { outcomes },
  );
}

function namesOf(): string[] {
  return Object.entries(village.features).flatMap(([path, text]) => scenariosIn({ path, text }).scenarios.map(({ name }) => name));
}

/** The village with one of the tags of its mill on an obligation alone. */
function ofOneObligation(tag: string): Project {
  const changed = mill.replace('@REQ-2\n', `${tag}\n`).replace('@REQ-2 @REQ-3', tag === '@REQ-2#1' ? '@REQ-2#2 @REQ-3' : '@REQ-3');
  return { ...village, features: { ...village.features, 'features/mill.feature': changed } };
}

function featuresOf({ features }: Project): ReadFeature[] {
  return Object.entries(features).map(([path, text]) => scenariosIn({ path, text }));
}

/** The run with a result more that is wrong, and of no scenario. */
function withStray(ran: ReadRun, place: Place): ReadRun {
  const [first] = ran.results;
  if (first === undefined) throw new Error('nothing ran');
  const stray = { ...place, name: 'Long gone', result: { ...first.result, status: 'failed' as const } };
  return { ...ran, results: [...ran.results, stray], ended: 'badly' };
}

/** Each of two requirements with one of these lists; accepted as they are. */
function lists(one: string, other: string, policy: Partial<Policy> = {}): Project {
  const specification = `${village.specification}- [REQ-5] Sacks\n  - A sack MAY bear ${one}.\n- [REQ-6] Flour\n  - A sack of flour MAY bear ${other}.\n`;
  return accepted({ ...village, specification, policy });
}

/** Lists of names that contradict nothing: what is part of another, what shares little, what is no list of fields, what was decided. */
export const agreements: Readonly<Record<string, Project>> = {
  'a list that is part of another': lists('`miller`, `grain`, `price?`', '`miller`, `grain`, `price`, `weight`'),
  'lists that share one name': lists('`miller`, `grain`, `price?`', '`miller`, `owner?`, `weight`'),
  'lists of what can be done': lists('`put`, `delete`, `watch`', '`put`, `delete`, `verify`'),
  'lists on which somebody decided': lists('`miller`, `grain`, `price?`', '`miller`, `grain`, `weights[]`', {
    rulings: { 'REQ-6 REQ-5': 'a sack bears all of them' },
  }),
};

/** Another mill; what is accepted stands as it was but where something else is looked for. */
function withMill(changed: string, more: Partial<Project> = {}): Project {
  const project = { ...whole, ...more, features: { ...whole.features, 'features/mill.feature': changed } };
  return 'specification' in more ? { ...project, lock: undefined } : project;
}

function failureBelow(): Project {
  const specification = '- [REQ-1] House\n  - It MUST stand.\n  - [REQ-2] Roof\n    - It MUST be dry.\n';
  const features = {
    'a.feature': 'Feature: a\n\n  @REQ-1\n  Scenario: stands\n    Then it stands\n\n  @REQ-2\n  Scenario: dry\n    Then it is dry\n',
  };
  const read = Object.entries(features).map(([path, text]) => scenariosIn({ path, text }));
  return { specification, features, runs: [runOf(read, { outcomes: { dry: { status: 'failed' } } })] };
}
