import { replaySchedule, type Scene } from '../../src/sim/schedule-explorer.js';
import { isCommand } from '../is-command.js';
import { saboteurs } from '../saboteurs/catalogue.js';
import type { Saboteur } from '../saboteurs/saboteur.js';
import type { Circumstances } from './catalog-actors.js';
import { sceneOf } from './catalog-scenes.js';
import { counting } from './counters.js';

/** Which scene a schedule is of, as plain data: one of a catalog, or some processes that each add one to a number. */
export type SceneName =
  | { readonly scene: string; readonly lock: Circumstances['lock']; readonly withCuts?: true; readonly saboteur?: string }
  | { readonly processes: number; readonly add: string };

export function sceneNamed(name: SceneName): Scene {
  if ('add' in name) return counting(name.add, ['a', 'b', 'c', 'd'].slice(0, name.processes));
  const { scene, lock, withCuts = false, saboteur } = name;
  return sceneOf(scene, { lock, withCuts, sabotage: saboteur === undefined ? undefined : wrapOf(saboteur) });
}

/** The command that takes the steps of a schedule again (CAT-SIM-5008). */
export function scheduleCommand(name: SceneName, schedule: string): string {
  return `npm run replay-schedule -- '${JSON.stringify({ ...name, schedule })}'`;
}

function wrapOf(name: string): Saboteur['wrap'] {
  const found = saboteurs.find((saboteur) => saboteur.name === name);
  if (found === undefined || !('wrap' in found)) throw new RangeError(`there is no saboteur of a disk called ${JSON.stringify(name)}`);
  return found.wrap;
}

/** Shows the steps of a schedule, each with its process, and what is wrong where it leads. */
async function replay(given: string | undefined): Promise<number> {
  if (given === undefined) throw new Error(`give the schedule as it was printed: npm run replay-schedule -- '{"scene":…,"schedule":…}'`);
  const { schedule, ...name }: SceneName & { readonly schedule: string } = JSON.parse(given);
  const { trace, error } = await replaySchedule(sceneNamed(name), schedule);
  process.stdout.write(`${[...trace, error?.message ?? 'nothing is wrong'].join('\n')}\n`);
  return error === undefined ? 0 : 1;
}

if (isCommand(import.meta.url)) process.exitCode = await replay(process.argv[2]);
