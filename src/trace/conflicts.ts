import type { Stated } from './requirements.js';

/** Two requirements that list the members of one thing, each some that the other does not have. */
export interface Contradiction {
  readonly one: Stated;
  readonly other: Stated;
  readonly onlyOne: readonly string[];
  readonly onlyOther: readonly string[];
}

interface FieldList {
  readonly of: string | undefined;
  readonly members: ReadonlySet<string>;
}

/** Three names in code or more, one after another; what is said of one in brackets is passed over. */
const lists = /`[^`]+`(?:(?:\s*\([^()]*\))?(?:\s*,\s*(?:and\s+|or\s+)?|\s+and\s+|\s+or\s+)`[^`]+`){2,}/g;
const typeBefore = /`([A-Z]\w*)`\s*(?:[({:]|has|have|holds?|is|are|MUST have|MUST hold)?\s*$/;
const saysFields = /\b(?:fields?|members?|propert(?:y|ies)|columns?|attributes?)\b[^.;]{0,40}$/i;

/**
 * Requirements that contradict each other about what something consists of. A list of names is one of fields where it is said so, where
 * the name of a type stands before it, or where one of them may be absent (`?`) or is a list (`[]`). Two are about the same where the type
 * is, or where they share two names and half of the shorter list; a list that is part of another contradicts nothing.
 */
export function contradictionsIn(requirements: readonly Stated[]): Contradiction[] {
  const listed = requirements.flatMap((stated) => listsIn(stated.text).map((found) => ({ stated, found })));
  const told = new Set<string>();
  return listed.flatMap(({ stated: one, found }, place) =>
    listed.slice(place + 1).flatMap(({ stated: other, found: second }) => {
      const key = `${one.id} ${other.id}`;
      if (one.id === other.id || told.has(key) || !isOfSame(found, second)) return [];
      const [onlyOne, onlyOther] = [without(found, second), without(second, found)];
      if (onlyOne.length === 0 || onlyOther.length === 0) return [];
      told.add(key);
      return [{ one, other, onlyOne, onlyOther }];
    }),
  );
}

function listsIn(text: string): FieldList[] {
  return [...text.matchAll(lists)].flatMap((found) => {
    const before = text.slice(0, found.index);
    const of = typeBefore.exec(before)?.[1];
    const names = [...found[0].replace(/\([^()]*\)/g, '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
    const isOfFields = of !== undefined || saysFields.test(before) || names.some((name) => /(\?|\[\])$/.test(name));
    return isOfFields ? [{ of, members: new Set(names.map((name) => name.replace(/(\[\]|\?)+$/, ''))) }] : [];
  });
}

function isOfSame(one: FieldList, other: FieldList): boolean {
  if (one.of !== undefined && one.of === other.of) return true;
  const common = [...one.members].filter((name) => other.members.has(name)).length;
  return common >= 2 && common >= Math.min(one.members.size, other.members.size) / 2;
}

function without(one: FieldList, other: FieldList): string[] {
  return [...one.members].filter((name) => !other.members.has(name));
}
