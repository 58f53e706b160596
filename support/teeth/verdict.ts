import type { AnySaboteur } from '../saboteurs/saboteur.js';
import type { Example } from './pool.js';
import type { Ended } from './scenario-run.js';

/** What became of a saboteur that met its scenarios. */
export interface Trial {
  readonly saboteur: Pick<AnySaboteur, 'name' | 'breaks' | 'by'>;
  readonly changesBehaviour: boolean;
  readonly ended: readonly Ended[];
  readonly trouble: string | undefined;
}

export interface Report {
  readonly saboteurs: readonly {
    readonly name: string;
    readonly breaks: string;
    readonly by: string;
    readonly changesBehaviour: boolean;
    readonly caughtBy: readonly string[];
    readonly scenarios: readonly string[];
  }[];
  /** Which saboteurs turn the scenarios of a requirement red. */
  readonly requirements: Readonly<Record<string, readonly string[]>>;
}

/** Which requirement's scenarios catch which saboteur. A scenario catches that fails by what it asserts, or by a refusal. */
export function reportOf(trials: readonly Trial[], examples: readonly Example[], wanted: readonly string[]): Report {
  const known = new Map(examples.map((example) => [example.place, example]));
  const saboteurs = trials.map(({ saboteur: { name, breaks, by }, changesBehaviour, ended }) => {
    const failed = ended.filter(({ status }) => status === 'failed').flatMap(({ place }) => known.get(place) ?? []);
    const caughtBy = [...new Set(failed.flatMap(({ requirements }) => requirements))].sort();
    const scenarios = failed.map(({ place, name: scenario }) => `${place} ${scenario}`).sort();
    return { name, breaks, by, changesBehaviour, caughtBy, scenarios };
  });
  const ids = [...new Set([...wanted, ...saboteurs.flatMap(({ caughtBy }) => caughtBy)])].sort();
  const namesFor = (id: string): string[] => saboteurs.filter(({ caughtBy }) => caughtBy.includes(id)).map(({ name }) => name);
  return { saboteurs, requirements: Object.fromEntries(ids.map((id) => [id, namesFor(id)])) };
}

/** What is wrong with the teeth; empty where every saboteur is caught by whom it should be, and every requirement catches one. */
export function problemsOf(report: Report, trials: readonly Trial[], wanted: readonly string[]): string[] {
  const broken = new Set(report.saboteurs.filter(isCaught).map(({ breaks }) => breaks));
  return [
    ...report.saboteurs.flatMap((saboteur) => (saboteur.changesBehaviour ? [] : [`${saboteur.name}: changes nothing`])),
    ...trials.flatMap(({ saboteur, ended, trouble }) =>
      ended.length === 0 ? [`${saboteur.name}: no scenario ran: ${trouble ?? 'none was chosen'}`] : [],
    ),
    ...report.saboteurs.flatMap((saboteur) =>
      isCaught(saboteur)
        ? []
        : [`${saboteur.name}: survived the scenarios of ${saboteur.breaks}, which it breaks (${caughtElsewhere(saboteur)})`],
    ),
    ...wanted.filter((id) => !broken.has(id)).map((id) => `${id}: no saboteur that breaks it is caught by its scenarios`),
  ];
}

export function isCaught({ breaks, caughtBy }: { readonly breaks: string; readonly caughtBy: readonly string[] }): boolean {
  return caughtBy.includes(breaks);
}

/** One line a saboteur, and one a requirement. */
export function asText(report: Report): string {
  const width = Math.max(...report.saboteurs.map(({ name }) => name.length));
  const saboteurs = report.saboteurs.map(
    (saboteur) =>
      `${isCaught(saboteur) ? 'red  ' : 'GREEN'} ${saboteur.name.padEnd(width)} ${saboteur.breaks} ${saboteur.by.padEnd(8)} ${saboteur.caughtBy.join(' ')}`,
  );
  const requirements = Object.entries(report.requirements).map(([id, names]) => `${id} ${String(names.length).padStart(3)}`);
  return [...saboteurs, '', ...requirements].join('\n');
}

function caughtElsewhere({ caughtBy }: { readonly caughtBy: readonly string[] }): string {
  return caughtBy.length === 0 ? 'and all others' : `caught by those of ${caughtBy.join(', ')}`;
}
