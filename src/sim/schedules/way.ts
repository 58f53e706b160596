import { printSchedule } from './schedule.js';

/** How a state was reached; the states on the way are not kept. */
export interface Way {
  readonly last: number | undefined;
  /** How many steps of each actor were folded after the step of the last. */
  readonly folded: readonly number[];
  readonly before: Way | undefined;
}

/** Folded steps are put where their actor has its turn anyway, so that no interruption is printed that is none. */
export function scheduleOf(way: Way, names: readonly string[]): string {
  const chain: Way[] = [];
  for (let at: Way | undefined = way; at !== undefined; at = at.before) chain.unshift(at);
  const owed = names.map(() => 0);
  const steps: string[] = [];
  const pay = (actor: number): void => {
    for (; (owed[actor] ?? 0) > 0; owed[actor] = (owed[actor] ?? 0) - 1) steps.push(names[actor] ?? '');
  };
  for (const { last, folded } of chain) {
    if (last !== undefined) pay(last);
    if (last !== undefined) steps.push(names[last] ?? '');
    for (const [actor, count] of folded.entries()) owed[actor] = (owed[actor] ?? 0) + count;
    if (last !== undefined) pay(last);
  }
  for (const actor of owed.keys()) pay(actor);
  return printSchedule(steps);
}
