import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, readSources } from '../checks/sources.js';
import type { AnySaboteur } from '../saboteurs/saboteur.js';
import { type Example, examplesIn, firstExamples } from './pool.js';
import { changesBehaviour } from './probe.js';
import { type Ended, type Limits, type RunResult, runExamples } from './scenario-run.js';
import type { Trial } from './verdict.js';
import { compiledProject, copiedProject } from './workspace.js';

const workers = 2;
/** How many scenarios of every requirement each saboteur meets, those of its own apart. */
const quickestCount = 1;
const limits: Limits = { stepMs: 20_000, runMs: 90_000 };
const cleanLimits: Limits = { stepMs: 120_000, runMs: 300_000 };

export interface Teeth {
  readonly folder: string;
  readonly compiled: string;
  readonly examples: readonly Example[];
  /** The first example of each scenario. */
  readonly pool: readonly Example[];
  /** Of each requirement those of the pool that were quickest when nothing was sabotaged. */
  readonly quickest: readonly Example[];
}

/** The compiled project, and how long each scenario takes in it; `undefined` when one fails although nothing is sabotaged. */
export async function prepared(folder: string): Promise<Teeth | undefined> {
  const compiled = join(folder, 'compiled');
  compiledProject(projectRoot, compiled);
  const examples = examplesIn(readSources(projectRoot, ['features'], ['.feature']));
  const pool = firstExamples(examples);
  const halves = Array.from({ length: workers }, (_, half) => pool.filter((_example, place) => place % workers === half));
  const results = await inParallel(halves, async (half, place) => {
    const copy = join(folder, `clean-${place}`);
    copiedProject(compiled, copy);
    return runExamples(copy, placesOf(half), cleanLimits);
  });
  if (!isGreen(results)) return undefined;
  const ended = results.flatMap((result) => result.ended);
  return { folder, compiled, examples, pool, quickest: quickestOf(pool, ended) };
}

function isGreen(results: readonly RunResult[]): boolean {
  const red = results.flatMap(({ ended }) => ended.filter(({ status }) => status === 'failed' || status === 'hung'));
  for (const { place, why } of red) console.log(`red without a saboteur: ${place} ${why}`);
  for (const { trouble } of results) if (trouble !== undefined) console.log(`the run without a saboteur: ${trouble}`);
  return red.length === 0 && results.every(({ trouble }) => trouble === undefined);
}

function quickestOf(pool: readonly Example[], ended: readonly Ended[]): Example[] {
  const ms = new Map(ended.filter(({ status }) => status === 'passed').map((end) => [end.place, end.ms]));
  const byTime = pool.filter(({ place }) => ms.has(place)).sort((a, b) => (ms.get(a.place) ?? 0) - (ms.get(b.place) ?? 0));
  const ids = new Set(byTime.flatMap(({ requirements }) => requirements));
  const chosen = [...ids].flatMap((id) => byTime.filter(({ requirements }) => requirements.includes(id)).slice(0, quickestCount));
  return byTime.filter((example) => chosen.includes(example));
}

/**
 * The pool is the first example of every scenario that names one of the requirements, without the slow ones. A saboteur meets all
 * of the pool that name the requirement that it breaks, and of every other requirement the quickest; where it survives its
 * own, the other examples of them, and then the slow ones, which are run without it as well.
 */
export async function tried(teeth: Teeth, saboteur: AnySaboteur, place: number): Promise<Trial> {
  const folder = join(teeth.folder, `sabotaged-${place}`);
  copiedProject(teeth.compiled, folder, saboteur);
  const { ended, trouble } = await meeting(teeth, saboteur, folder);
  rmSync(folder, { recursive: true });
  return { saboteur, changesBehaviour: await changesBehaviour(saboteur), ended, trouble };
}

async function meeting(teeth: Teeth, saboteur: AnySaboteur, folder: string): Promise<RunResult> {
  const own = teeth.examples.filter(({ requirements }) => requirements.includes(saboteur.breaks));
  const first = teeth.pool.filter((example) => own.includes(example) || teeth.quickest.includes(example));
  const met = await runExamples(folder, placesOf(first), limits);
  if (hasCaught(met, own)) return met;
  const rest = own.filter((example) => !first.includes(example));
  for (const further of [rest.filter(({ isSlow }) => !isSlow), rest.filter(({ isSlow }) => isSlow)]) {
    const more = await runExamples(folder, placesOf(further), limits);
    if (!hasCaught(more, own)) continue;
    const redWithout = await controlled(teeth, further, `${folder}-control`);
    return redWithout === undefined ? { ...more, ended: [...met.ended, ...more.ended] } : { ...met, trouble: redWithout };
  }
  return met;
}

function hasCaught({ ended }: RunResult, own: readonly Example[]): boolean {
  return ended.some(({ place, status }) => status === 'failed' && own.some((example) => example.place === place));
}

/** Why these examples say nothing of a saboteur: they are red without it. */
async function controlled(teeth: Teeth, examples: readonly Example[], folder: string): Promise<string | undefined> {
  copiedProject(teeth.compiled, folder);
  const { ended, trouble } = await runExamples(folder, placesOf(examples), cleanLimits);
  rmSync(folder, { recursive: true });
  const red = ended.find(({ status }) => status === 'failed' || status === 'hung');
  return trouble ?? (red && `red without a saboteur: ${red.place} ${red.why}`);
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
