import type { AnySaboteur } from '../saboteurs/saboteur.js';
import { isForEngine } from './engines.js';
import type { Example } from './pool.js';
import type { Ended } from './scenario-run.js';

/** What became of a saboteur that met its scenarios. */
export interface Trial {
  readonly saboteur: Pick<AnySaboteur, 'name' | 'breaks' | 'by'>;
  readonly changesBehaviour: boolean;
  readonly ended: readonly Ended[];
  readonly trouble: string | undefined;
}

/** A scenario that turned red, and the first line of what it said. */
interface Catch {
  readonly scenario: string;
  readonly why: string;
}

export interface Report {
  readonly saboteurs: readonly {
    readonly name: string;
    readonly breaks: string;
    readonly by: string;
    readonly changesBehaviour: boolean;
    readonly caughtBy: readonly string[];
    /** How the engine that is to catch it told of it first; absent where it did not, and where a scenario alone is to. */
    readonly found?: Catch;
    readonly catches: readonly Catch[];
  }[];
  /** Which saboteurs turn the scenarios of a requirement red. */
  readonly requirements: Readonly<Record<string, readonly string[]>>;
}

/** Which requirement's scenarios catch which saboteur. A scenario catches that fails by what it asserts, or by a refusal. */
export function reportOf(trials: readonly Trial[], examples: readonly Example[], wanted: readonly string[]): Report {
  const known = new Map(examples.map((example) => [example.place, example]));
  const saboteurs = trials.map(({ saboteur: { name, breaks, by }, changesBehaviour, ended }) => {
    const failed = ended.filter(({ status }) => status === 'failed').sort((one, other) => (one.place < other.place ? -1 : 1));
    const caughtBy = [...new Set(failed.flatMap(({ place }) => known.get(place)?.requirements ?? []))].sort();
    const asCatch = ({ place, why }: Ended): Catch => ({ scenario: `${place} ${known.get(place)?.name ?? ''}`, why });
    const found = failed.find(({ place }) => isForEngine(by, known.get(place)));
    return { name, breaks, by, changesBehaviour, caughtBy, ...(found && { found: asCatch(found) }), catches: failed.map(asCatch) };
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
    ...report.saboteurs.flatMap((saboteur) =>
      isFound(saboteur) ? [] : [`${saboteur.name}: not found by the explorer that is to catch it (${saboteur.by})`],
    ),
    ...wanted.filter((id) => !broken.has(id)).map((id) => `${id}: no saboteur that breaks it is caught by its scenarios`),
  ];
}

export function isCaught({ breaks, caughtBy }: { readonly breaks: string; readonly caughtBy: readonly string[] }): boolean {
  return caughtBy.includes(breaks);
}

/** Whether the engine that it declares turned red, where it declares one. */
export function isFound({ by, found }: { readonly by: string; readonly found?: unknown }): boolean {
  return by === 'scenario' || found !== undefined;
}

/** One line a saboteur, and one a requirement. */
export function asText(report: Report): string {
  const width = Math.max(...report.saboteurs.map(({ name }) => name.length));
  const saboteurs = report.saboteurs.map(
    (saboteur) =>
      `${isCaught(saboteur) && isFound(saboteur) ? 'red  ' : 'GREEN'} ${saboteur.name.padEnd(width)} ${saboteur.breaks} ${saboteur.by.padEnd(8)} ${saboteur.caughtBy.join(' ')}`,
  );
  const requirements = Object.entries(report.requirements).map(([id, names]) => `${id} ${String(names.length).padStart(3)}`);
  return [...saboteurs, '', ...requirements].join('\n');
}

function caughtElsewhere({ caughtBy }: { readonly caughtBy: readonly string[] }): string {
  return caughtBy.length === 0 ? 'and all others' : `caught by those of ${caughtBy.join(', ')}`;
}
