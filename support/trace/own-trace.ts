import { run } from '../../src/disk/program.js';
import { defaultDisk } from '../../src/disk/real-disk.js';
import { acceptedLock } from '../../src/trace/accept.js';
import { type ReadFeature, scenariosIn } from '../../src/trace/features.js';
import { gateOf } from '../../src/trace/gate.js';
import type { Inputs } from '../../src/trace/inputs.js';
import { readProject } from '../../src/trace/reading.js';
import { traceOf } from '../../src/trace/trace-of.js';
import { projectRoot, readSources } from '../checks/sources.js';
import { runOf, today } from './project.js';

/** What the tracer reads of this project, with the results that lie there. */
export async function ownInputs(): Promise<Inputs> {
  const { inputs } = await run(readProject(projectRoot, 'trace.config.json', today), defaultDisk);
  return inputs;
}

/** This project as if all its scenarios had just passed, accepted as it is. */
export async function ownAccepted(): Promise<Inputs> {
  const inputs = await ownInputs();
  const passed = { ...inputs, runs: [runOf(inputs.features)], resultsMissed: [], saboteurs: [], lock: undefined };
  return { ...passed, lock: new Map(acceptedLock(traceOf(passed), undefined).map((line) => [line.id, line])) };
}

const parts = ['scenario', 'tag', 'step', 'example', 'citation'] as const;

/** One thing taken away by chance; the gate's code, and the one that it is to be. */
export function deletedByChance(inputs: Inputs, place: number, random: () => number): { what: string; code: number; expected: number } {
  const part = parts[place % parts.length] ?? 'step';
  const { what, changed } = part === 'citation' ? withoutCitation(inputs, random) : withoutPiece(inputs, part, random);
  const [before, after] = [claimsIn(inputs.features), claimsIn(changed.features)];
  const isLost = inputs.requirements.some(({ id, level }) => level === 'MUST' && before.has(id) && !after.has(id));
  const { exitCode } = gateOf(traceOf({ ...changed, runs: [runOf(changed.features)] }));
  return { what: `the ${part} ${what}`, code: exitCode, expected: isLost ? 3 : 4 };
}

function withoutCitation(inputs: Inputs, random: () => number): { what: string; changed: Inputs } {
  const defined = new Set(inputs.requirements.map(({ id }) => id));
  const cited = inputs.citations.filter(({ id }) => defined.has(id));
  const gone = cited[Math.floor(random() * cited.length)];
  const what = `${gone?.id} at ${gone?.place.path}:${gone?.place.line}`;
  return { what, changed: { ...inputs, citations: inputs.citations.filter((one) => one !== gone) } };
}

const pieces = {
  scenario: /^ +Scenario(?: Outline)?: .*\n(?: .*\n)*/gm,
  tag: /@CAT-[A-Z]+-\d{4}/g,
  step: /^ +(?:Given|When|Then|And) .*\n(?! *[|"])/gm,
  example: /(?<=^ *\|.*\n)^ *\|.*\n/gm,
} as const;

/** Draws until what was taken away is what it looks like: a step in a text that a step quotes is none. */
function withoutPiece(inputs: Inputs, part: keyof typeof pieces, random: () => number): { what: string; changed: Inputs } {
  const sources = readSources(projectRoot, ['features'], ['.feature']);
  for (;;) {
    const { path, text } = sources[Math.floor(random() * sources.length)] ?? { path: '', text: '' };
    const found = [...text.matchAll(pieces[part])];
    const piece = found[Math.floor(random() * found.length)];
    const before = inputs.features.find((feature) => feature.path === path);
    if (piece === undefined || before === undefined) continue;
    const after = scenariosIn({ path, text: text.slice(0, piece.index) + text.slice(piece.index + piece[0].length) });
    if (after.troubles.length > 0 || sizeOf(after) >= sizeOf(before)) continue;
    const features = inputs.features.map((feature) => (feature === before ? after : feature));
    return { what: `${piece[0].trim().split('\n')[0]} of ${path}`, changed: { ...inputs, features } };
  }
}

/** How much a feature says: its scenarios, their steps and the ids that they claim. */
function sizeOf({ scenarios }: ReadFeature): number {
  return scenarios.reduce(
    (sum, { steps, tags }) => sum + 1 + steps.length + new Set(tags.filter((tag) => tag.startsWith('@CAT-'))).size,
    0,
  );
}

function claimsIn(features: readonly ReadFeature[]): ReadonlySet<string> {
  return new Set(features.flatMap(({ scenarios }) => scenarios.flatMap(({ tags }) => tags.map((tag) => tag.slice(1).split('#')[0] ?? ''))));
}
