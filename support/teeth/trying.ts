import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, readSources } from '../checks/sources.js';
import type { AnySaboteur } from '../saboteurs/saboteur.js';
import { allBreadths, allSlices, breadthFor, isForEngine, sliceFor, unknownNames } from './engines.js';
import { type Example, examplesIn, firstExamples } from './pool.js';
import { changesBehaviour } from './probe.js';
import { type Ended, type Limits, type RunResult, runExamples } from './scenario-run.js';
import type { Trial } from './verdict.js';
import { compiledProject, copiedProject } from './workspace.js';

const workers = 2;
/** How much of its own requirement a saboteur meets in any case, by what it took when nothing was sabotaged. */
const ownMs = 700;
/** What took longer meets only the saboteurs of its own requirements. */
const everybodysMs = 150;
const limits: Limits = { stepMs: 10_000, runMs: 90_000 };
const longestStepMs = 40_000;
const cleanLimits: Limits = { stepMs: 300_000, runMs: 900_000 };

export interface Teeth {
  readonly folder: string;
  readonly compiled: string;
  readonly examples: readonly Example[];
  /** What was green when nothing was sabotaged, the quickest first: a first example of each scenario, and the slices of the engines. */
  readonly green: readonly { readonly example: Example; readonly ms: number }[];
  /** Of each requirement the one that was quickest, where that was quick enough for everybody. */
  readonly quickest: readonly Example[];
}

/** The compiled project, and how long each scenario takes in it; `undefined` when one fails although nothing is sabotaged. */
export async function prepared(folder: string): Promise<Teeth | undefined> {
  const compiled = join(folder, 'compiled');
  compiledProject(projectRoot, compiled);
  const examples = examplesIn(readSources(projectRoot, ['features'], ['.feature']));
  const unknown = unknownNames(examples);
  for (const name of unknown) console.log(`an engine's scenario that is not there: ${name}`);
  const pool = poolOf(examples);
  const halves = Array.from({ length: workers }, (_, half) => pool.filter((_example, place) => place % workers === half));
  const results = await inParallel(halves, async (half, place) => {
    const copy = join(folder, `clean-${place}`);
    copiedProject(compiled, copy);
    return runExamples(copy, placesOf(half), cleanLimits);
  });
  if (!isGreen(results) || unknown.length > 0) return undefined;
  const green = byTime(
    pool,
    results.flatMap(({ ended }) => ended),
  );
  return { folder, compiled, examples, green, quickest: quickestOf(green) };
}

function poolOf(examples: readonly Example[]): Example[] {
  const [slices, breadths, first] = [allSlices(examples), allBreadths(examples), firstExamples(examples)];
  return examples.filter((example) => slices.includes(example) || (first.includes(example) && !breadths.includes(example)));
}

function isGreen(results: readonly RunResult[]): boolean {
  const red = results.flatMap(({ ended }) => ended.filter(isRed));
  for (const { place, why } of red) console.log(`red without a saboteur: ${place} ${why}`);
  for (const { trouble } of results) if (trouble !== undefined) console.log(`the run without a saboteur: ${trouble}`);
  return red.length === 0 && results.every(({ trouble }) => trouble === undefined);
}

const isRed = ({ status }: Ended): boolean => status === 'failed' || status === 'mistaken' || status === 'hung';

function byTime(pool: readonly Example[], ended: readonly Ended[]): Teeth['green'] {
  const passed = new Map(ended.filter(({ status }) => status === 'passed').map(({ place, ms }) => [place, ms]));
  return pool
    .flatMap((example) => {
      const ms = passed.get(example.place);
      return ms === undefined ? [] : [{ example, ms }];
    })
    .sort((one, other) => one.ms - other.ms);
}

function quickestOf(green: Teeth['green']): Example[] {
  const quick = green.filter(({ ms }) => ms <= everybodysMs).map(({ example }) => example);
  const ids = new Set(quick.flatMap(({ requirements }) => requirements));
  return [...new Set([...ids].flatMap((id) => quick.find(({ requirements }) => requirements.includes(id)) ?? []))];
}

/** Has the saboteur meet scenarios in a project of its own until it was caught, or there are none left. */
export async function tried(teeth: Teeth, saboteur: AnySaboteur, place: number): Promise<Trial> {
  const folder = join(teeth.folder, `sabotaged-${place}`);
  copiedProject(teeth.compiled, folder, saboteur);
  const { ended, trouble } = await meeting(teeth, saboteur, folder);
  rmSync(folder, { recursive: true });
  return { saboteur, changesBehaviour: await changesBehaviour(saboteur), ended, trouble };
}

/** Scenarios that a saboteur meets together, if whoever is to catch it has not yet. */
interface Round {
  readonly examples: readonly Example[];
  readonly isFor: (example: Example) => boolean;
}

/**
 * In any case a saboteur meets the quickest scenario of every requirement, some of its own requirement, and its engine's slice. The
 * clock of the run without a saboteur decides what is quick: it changes in which round something is met, not whether, because what
 * survives its own requirement meets all the rest of it, and what survives its engine the breadth of that.
 */
async function meeting(teeth: Teeth, saboteur: AnySaboteur, folder: string): Promise<RunResult> {
  const ended: Ended[] = [];
  const troubles: string[] = [];
  for (const { examples, isFor } of roundsFor(teeth, saboteur)) {
    const rest = examples.filter(({ place }) => !ended.some((end) => end.place === place));
    if (isCaughtIn(ended, teeth.examples.filter(isFor))) continue;
    const result = await runExamples(folder, placesOf(rest), limitsFor(teeth, rest));
    const { places, trouble } = await redWithout(teeth, rest, result, `${folder}-control`);
    ended.push(...result.ended.filter(({ place }) => !places.includes(place)));
    troubles.push(...[result.trouble, trouble].filter((told) => told !== undefined));
  }
  return { ended, trouble: troubles.length === 0 ? undefined : troubles.join('; ') };
}

function roundsFor({ examples, green, quickest }: Teeth, saboteur: AnySaboteur): Round[] {
  const isOwn = ({ requirements }: Example): boolean => requirements.includes(saboteur.breaks);
  const isOfEngine = (example: Example): boolean => isForEngine(saboteur.by, example);
  const own = green.filter(({ example }) => isOwn(example));
  const breadths = allBreadths(examples);
  return [
    { examples: [...new Set([...quickest, ...quickOf(own), ...sliceFor(saboteur, examples)])], isFor: () => false },
    { examples: own.map(({ example }) => example), isFor: isOwn },
    { examples: examples.filter((example) => isOwn(example) && !breadths.includes(example)), isFor: isOwn },
    { examples: breadths.filter(isOwn), isFor: isOwn },
    { examples: breadthFor(saboteur, examples), isFor: isOfEngine },
  ];
}

/** As many of the quickest as fit in. */
function quickOf(own: Teeth['green']): Example[] {
  const sumMs = (count: number): number => own.slice(0, count).reduce((sum, { ms }) => sum + ms, 0);
  return own.filter((_example, place) => sumMs(place + 1) <= ownMs).map(({ example }) => example);
}

/** Whoever took long without a saboteur is not hung because it takes as long with one. */
function limitsFor({ green }: Teeth, examples: readonly Example[]): Limits {
  const longestMs = Math.max(0, ...green.filter(({ example }) => examples.includes(example)).map(({ ms }) => ms));
  return { ...limits, stepMs: Math.max(limits.stepMs, Math.min(2 * longestMs, longestStepMs)) };
}

function isCaughtIn(ended: readonly Ended[], examples: readonly Example[]): boolean {
  return ended.some(({ place, status }) => status === 'failed' && examples.some((example) => example.place === place));
}

/** What says nothing of a saboteur, of what nobody has seen green: it is red without it as well. */
async function redWithout(
  teeth: Teeth,
  examples: readonly Example[],
  { ended }: RunResult,
  folder: string,
): Promise<{ readonly places: readonly string[]; readonly trouble: string | undefined }> {
  const red = new Set(ended.filter(({ status }) => status === 'failed').map(({ place }) => place));
  const unknown = examples.filter((example) => red.has(example.place) && !teeth.green.some((seen) => seen.example === example));
  if (unknown.length === 0) return { places: [], trouble: undefined };
  copiedProject(teeth.compiled, folder);
  const control = await runExamples(folder, placesOf(unknown), cleanLimits);
  rmSync(folder, { recursive: true });
  const passed = control.ended.filter(({ status }) => status === 'passed').map(({ place }) => place);
  const places = placesOf(unknown).filter((place) => !passed.includes(place));
  return { places, trouble: places.length === 0 ? undefined : `red without a saboteur: ${places.join(', ')}` };
}

const placesOf = (examples: readonly Example[]): string[] => examples.map(({ place }) => place);

/** Does the work for all of them, so many at a time, and gives the results in their order. */
export async function inParallel<T, R>(all: readonly T[], work: (one: T, place: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = [...all.entries()];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) results[next[0]] = await work(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: workers }, worker));
  return results;
}
