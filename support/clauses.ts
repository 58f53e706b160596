import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './checks/sources.js';

export type Role = 'given' | 'when' | 'then';
export type Clauses = Readonly<Record<Role, string>>;

const hyphens = '[-\\u2010\\u2011\\u2012\\u2013\\u2212]';
const specification = readFileSync(join(projectRoot, 'specs/10-integration.md'), 'utf8');

/**
 * A step pattern that is the requirement's own clause (CAT-TRC-5102), so that a changed word on either side leaves the step
 * undefined. Hyphens of any kind and blanks of any length are the same; it takes no arguments.
 */
export function clause(id: string, role: Role): RegExp {
  const words = clauses(id)[role].replace(/[\^$\\.*+?()[\]{}|/]/g, '\\$&');
  return new RegExp(`^${words.replaceAll('-', hyphens).replaceAll(' ', '\\s+')}$`, 'u');
}

/** The three clauses of a requirement of the integration specification, normalised. */
export function clauses(id: string): Clauses {
  const found = parseClauses(specification).get(id);
  if (found === undefined) throw new Error(`specs/10-integration.md has no GIVEN, WHEN and THEN for ${id}`);
  return found;
}

/** Every requirement that has GIVEN, WHEN and THEN, by its id, in the order of the specification. */
export function parseClauses(markdown: string): ReadonlyMap<string, Clauses> {
  const items = markdown.split(/^(?=- \[|#)/m).map((item) => [/^- \[(CAT-[A-Z]{2,3}-\d{4})\]/.exec(item)?.[1], clausesIn(item)] as const);
  return new Map(items.flatMap(([id, texts]) => (id === undefined || texts === undefined ? [] : [[id, texts] as const])));
}

/** The text with only blanks, quotes and hyphens made the same. */
export function normalise(text: string): string {
  return text
    .replace(/[\u2010\u2011\u2012\u2013\u2212]/g, '-')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/\s+/g, ' ')
    .trim();
}

function clausesIn(item: string): Clauses | undefined {
  const [given, whenText, then] = ['GIVEN', 'WHEN', 'THEN'].map((word) => bulletOf(item, word));
  return given && whenText && then ? { given, when: whenText, then } : undefined;
}

/** The text of a bullet, with the lines that continue it. */
function bulletOf(item: string, word: string): string | undefined {
  const text = new RegExp(`^ +- ${word} (.*(?:\\n +(?! |- ).*)*)`, 'm').exec(item)?.[1];
  return text === undefined ? undefined : normalise(text);
}
