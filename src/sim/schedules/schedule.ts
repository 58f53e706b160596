/** Who takes each step, in order: `reader 3, writer 12`. Plain text, so that it can be printed, and brought back by one call. */
export function printSchedule(actors: readonly string[]): string {
  const runs: { actor: string; steps: number }[] = [];
  for (const actor of actors) {
    const last = runs.at(-1);
    if (last?.actor === actor) last.steps++;
    else runs.push({ actor, steps: 1 });
  }
  return runs.map(({ actor, steps }) => `${actor} ${steps}`).join(', ');
}

/** No schedule that was printed is longer. */
const mostSteps = 1_000_000;

export function parseSchedule(printed: string): string[] {
  const actors: string[] = [];
  for (const run of printed.split(',')) {
    const text = run.trim();
    if (text === '') continue;
    // What stands before the last number, and blanks: the greedy way takes no time by the square of it.
    const [, actor = '', steps] = /^(.*)\s([0-9]+)$/s.exec(text) ?? [];
    if (actor.trim() === '') throw new SyntaxError(`no part of a schedule: ${JSON.stringify(run)}`);
    if (actors.length + Number(steps) > mostSteps) throw new SyntaxError(`a schedule of more than ${mostSteps} steps`);
    for (let left = Number(steps); left > 0; left--) actors.push(actor.trimEnd());
  }
  return actors;
}
