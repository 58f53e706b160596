import type { Drift, Requirement, Status, Trace } from './trace.js';
import { wordDifference } from './words.js';

/** What became of a requirement between two traces. */
export interface Change {
  readonly id: string;
  readonly kind: 'came' | 'went' | 'changed';
  readonly before: Status | undefined;
  readonly now: Status | undefined;
  /** Where its text is another. */
  readonly words: Drift['words'];
  readonly scenarios: { readonly came: readonly string[]; readonly went: readonly string[] };
}

type Compared = Pick<Trace, 'requirements' | 'scenarios'>;

/** By id. A scenario is the same where its file and its name are: lines move. */
export function differenceOf(before: Compared, now: Compared): Change[] {
  const [old, young] = [byId(before), byId(now)];
  const [oldNames, youngNames] = [namesOf(before), namesOf(now)];
  const ids = [...new Set([...old.keys(), ...young.keys()])].sort();
  return ids.flatMap((id) => changeOf(id, { one: old.get(id), names: oldNames }, { one: young.get(id), names: youngNames }));
}

interface Side {
  readonly one: Requirement | undefined;
  readonly names: ReadonlyMap<string, string>;
}

function changeOf(id: string, before: Side, now: Side): Change[] {
  const [had, has] = [scenariosOf(before), scenariosOf(now)];
  const change: Change = {
    id,
    kind: before.one === undefined ? 'came' : now.one === undefined ? 'went' : 'changed',
    before: before.one?.status,
    now: now.one?.status,
    words: before.one && now.one && before.one.hash !== now.one.hash ? wordDifference(textOf(before.one), textOf(now.one)) : [],
    scenarios: { came: has.filter((name) => !had.includes(name)), went: had.filter((name) => !has.includes(name)) },
  };
  const isSame = change.kind === 'changed' && change.before === change.now && change.words.length === 0;
  return isSame && change.scenarios.came.length + change.scenarios.went.length === 0 ? [] : [change];
}

function byId({ requirements }: Compared): ReadonlyMap<string, Requirement> {
  return new Map(requirements.map((requirement) => [requirement.id, requirement]));
}

function namesOf({ scenarios }: Compared): ReadonlyMap<string, string> {
  return new Map(scenarios.map(({ id, place, name }) => [id, `${place.path}: ${name}`]));
}

function scenariosOf({ one, names }: Side): string[] {
  return [...new Set((one?.scenarios ?? []).map((id) => names.get(id) ?? id))].sort();
}

function textOf({ title, text }: Requirement): string {
  return `${title} ${text}`;
}
