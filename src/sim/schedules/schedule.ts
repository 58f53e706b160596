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

export function parseSchedule(printed: string): string[] {
  const runs = printed.split(',').filter((run) => run.trim() !== '');
  return runs.flatMap((run) => {
    const [, actor, steps] = /^\s*(.+?)\s+([0-9]+)\s*$/.exec(run) ?? [];
    if (actor === undefined) throw new SyntaxError(`no part of a schedule: ${JSON.stringify(run)}`);
    return Array.from({ length: Number(steps) }, () => actor);
  });
}
