import { changedText, oddTexts } from './byte-changes.js';
import type { Draws } from './draws.js';

/** A text of JSON in its parts, which may say what no parser gives back: a member twice, or what is no JSON. */
export type Json =
  | { readonly kind: 'object'; members: [name: string, value: Json][] }
  | { readonly kind: 'array'; items: Json[] }
  | { readonly kind: 'text'; text: string }
  | { readonly kind: 'raw'; text: string };

/** The parts of a text; `undefined` where it is no JSON. */
export function jsonIn(text: string): Json | undefined {
  try {
    return partsOf(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The text of a JSON with a few of its parts changed. */
export function changedJson(json: Json, draws: Draws): string {
  const root: Json = { kind: 'array', items: [copyOf(json)] };
  for (let left = draws.once(10) ? 8 : 1 + draws.below(3); left > 0; left--) change(root, draws);
  const [first] = root.items;
  return first === undefined ? '' : textOf(first);
}

/** The same of one line of several, each of which is one; of the others nothing is changed. */
export function changedLine(text: string, draws: Draws): string {
  const lines = text.split('\n');
  const place = draws.below(lines.length);
  const [, body = '', comma = ''] = /^(.*?)(,?)$/s.exec(lines[place] ?? '') ?? [];
  const json = jsonIn(body);
  if (json !== undefined) lines[place] = changedJson(json, draws) + comma;
  else if (draws.once(2)) lines.splice(place, draws.below(2), lines[draws.below(lines.length)] ?? '');
  return lines.join('\n');
}

function partsOf(value: unknown): Json {
  if (typeof value === 'string') return { kind: 'text', text: value };
  if (Array.isArray(value)) return { kind: 'array', items: value.map(partsOf) };
  if (typeof value !== 'object' || value === null) return { kind: 'raw', text: JSON.stringify(value) };
  return { kind: 'object', members: Object.entries(value).map(([name, member]) => [name, partsOf(member)]) };
}

function copyOf(json: Json): Json {
  if (json.kind === 'array') return { kind: 'array', items: json.items.map(copyOf) };
  if (json.kind === 'object') return { kind: 'object', members: json.members.map(([name, value]) => [name, copyOf(value)]) };
  return { ...json };
}

/** What was put in many times, in what was put in many times, has no end: after so much nothing more is written out. */
const longest = 1_000_000;

function textOf(json: Json, room = { left: longest }): string {
  if (room.left < 0) return 'null';
  switch (json.kind) {
    case 'object':
      return `{${json.members.map(([name, value]) => `${leafOf(JSON.stringify(name), room)}:${textOf(value, room)}`).join(',')}}`;
    case 'array':
      return `[${json.items.map((item) => textOf(item, room)).join(',')}]`;
    case 'text':
      return leafOf(JSON.stringify(json.text), room);
    case 'raw':
      return leafOf(json.text, room);
  }
}

function leafOf(text: string, room: { left: number }): string {
  room.left -= text.length + 1;
  return text;
}

type Holder = Extract<Json, { kind: 'object' | 'array' }>;

function change(root: Holder, draws: Draws): void {
  const holders = holdersIn(root);
  const holder = draws.oneOf(holders);
  const inner = holder === root ? undefined : draws.below(8);
  if (holder.kind === 'object' && inner === 0) holder.members.push(oddMember(holder, draws));
  else if (holder.kind === 'object' && inner === 1) renamed(holder, draws);
  else if (inner === 2) without(holder, draws);
  else if (inner === 3 && holders.length < 500) withTwice(holder, draws);
  else replaced(holder, draws, holders);
}

function holdersIn(json: Json): Holder[] {
  if (json.kind === 'array') return [json, ...json.items.flatMap(holdersIn)];
  return json.kind === 'object' ? [json, ...json.members.flatMap(([, value]) => holdersIn(value))] : [];
}

function renamed({ members }: Extract<Json, { kind: 'object' }>, draws: Draws): void {
  const member = members[draws.below(members.length + 1)];
  if (member) member[0] = changedText(member[0], draws);
}

function without(holder: Holder, draws: Draws): void {
  const all: unknown[] = holder.kind === 'object' ? holder.members : holder.items;
  all.splice(draws.below(all.length + 1), 1 + draws.below(2));
}

function withTwice(holder: Holder, draws: Draws): void {
  const all: unknown[] = holder.kind === 'object' ? holder.members : holder.items;
  const one = all[draws.below(all.length + 1)];
  // Not again where it is there often already: of many of many there would be no end.
  const times = draws.once(50) && all.length < 50 ? 2000 : 1;
  if (one !== undefined) all.splice(draws.below(all.length + 1), 0, ...Array.from({ length: times }, () => one));
}

function replaced(holder: Holder, draws: Draws, others: readonly Holder[]): void {
  const count = holder.kind === 'object' ? holder.members.length : holder.items.length;
  if (count === 0) return;
  const place = draws.below(count);
  const member = holder.kind === 'object' ? holder.members[place] : undefined;
  const value = (member ? member[1] : (holder as Extract<Holder, { kind: 'array' }>).items[place]) as Json;
  const next = otherThan(value, draws, others);
  if (member) member[1] = next;
  else (holder as Extract<Holder, { kind: 'array' }>).items[place] = next;
}

const oddValues = [
  ...['null', 'true', 'false', '0', '-0', '-1', '1', '1.5', '1e999', '-1e999', '1e-400', '9007199254740991', '9007199254740993'],
  ...['18446744073709551616', '4294967296', '2147483648', '281474976710656', '{}', '[]', '[[]]', '[null]', '{"":null}', '""'],
  ...['{"__proto__":{"polluted":true}}', '{"constructor":{"prototype":{"polluted":true}}}', '{"toString":1}', '{"length":4294967295}'],
  ...['"\\ud800"', '"\\u0000"', '{"\\udc00":1}', '[1,"a",null,{}]'],
];
/** What no parser takes. */
const noValues = ['', 'NaN', 'undefined', '01', '.5', '+1', "'a'", '"\\x"', '{', ']', ',', '{"a"}', '"', '/**/1', '\ufeff1'];

function otherThan(value: Json, draws: Draws, others: readonly Holder[]): Json {
  if (value.kind === 'text' && !draws.once(3)) return { kind: 'text', text: changedText(value.text, draws) };
  switch (draws.below(10)) {
    case 0:
      return { kind: 'array', items: [value] };
    case 1:
      return { kind: 'text', text: textOf(value).slice(0, 2000) };
    case 2:
      return draws.once(4) ? deep(draws) : copyOf(draws.oneOf(others));
    case 3:
      return draws.once(3) ? { kind: 'raw', text: draws.oneOf(noValues) } : { kind: 'text', text: draws.oneOf(oddTexts) };
    default:
      return { kind: 'raw', text: draws.oneOf(oddValues) };
  }
}

function oddMember({ members }: Extract<Json, { kind: 'object' }>, draws: Draws): [string, Json] {
  const name = draws.once(3) ? (members[draws.below(members.length + 1)]?.[0] ?? 'a') : draws.oneOf(oddTexts);
  return [name, { kind: 'raw', text: draws.oneOf(oddValues) }];
}

/** Values in values, as many as no reader should follow. */
function deep(draws: Draws): Json {
  const depth = draws.oneOf([9, 33, 65, 66, 130, 1000, 10_000, 60_000]);
  const [opening, closing] = draws.oneOf([
    ['[', ']'],
    ['{"a":', '}'],
  ] as const);
  return { kind: 'raw', text: `${opening.repeat(depth)}${draws.once(4) ? '' : '1'}${draws.once(8) ? '' : closing.repeat(depth)}` };
}
