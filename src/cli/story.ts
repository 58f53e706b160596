import { canonicalJson } from '../core/canonical-json.js';
import type { Difference, HistoryEntry, MemberChange } from '../stores/history.js';
import { fitted } from './cells.js';
import { printable, sizeText } from './render.js';

/** What a revision did, told to people: a headline, and what follows it. Nothing of it acts on a terminal. */
export function storyOf(entry: HistoryEntry, causeOf: (event: string) => number | undefined): string[] {
  const { revision, at, by, operation, reason, because_of } = entry;
  const cause = because_of === undefined ? undefined : (causeOf(because_of) ?? because_of);
  return [
    `${revision}  ${at}  ${headline(entry)}`,
    ...wordsOf(entry).map((words) => `    ${words}`),
    `    by process ${by.pid} on ${by.host} (${by.command})`,
    ...(operation === undefined ? [] : [`    to ${operation}${reason === undefined ? '' : `: ${reason}`}`]),
    ...(cause === undefined ? [] : [`    because of ${cause}, in the same call`]),
  ].map(printable);
}

/** The same in one line. */
export function sentenceOf(entry: HistoryEntry): string {
  const { revision, at, by, operation } = entry;
  const who = `${operation === undefined ? 'by' : `to ${operation}, by`} process ${by.pid} on ${by.host}`;
  return `${revision}  ${at}  ${headline(entry)}: ${wordsOf(entry).join(', ')} (${who})`;
}

/** What became of a record between two moments. */
export function differenceLines(difference: Difference): string[] {
  return [headline(difference), ...wordsOf(difference).map((words) => `    ${words}`)].map(printable);
}

const kinds = { models: 'model', engines: 'engine' } as const;

function headline({ collection, id, change }: Difference): string {
  return `${kinds[collection]} ${id} was ${change}`;
}

/** What of it changed, in the words of people. */
function wordsOf({ change, members }: Pick<Difference, 'change' | 'members'>): string[] {
  if (change === 'changed') return members.flatMap(wordsOfMember);
  const record = Object.fromEntries(members.map(({ member, before, after }) => [member, change === 'added' ? after : before]));
  const facts = summary(record);
  return facts.length === 0 ? [] : [`${change === 'added' ? 'is' : 'was'} ${facts.join(', ')}`];
}

function summary(record: Readonly<Record<string, unknown>>): string[] {
  const { state, trust_state, engine, version, bytes, digest, source, binary_path } = record;
  return [
    ...[state, trust_state].flatMap(textIn),
    ...(engine === undefined ? [] : [[engine, version].flatMap(textIn).join(' ')]),
    ...(typeof bytes === 'number' ? [sizeText(bytes)] : []),
    ...textIn(digest).map(shortDigest),
    ...textIn(source).map((from) => `from ${from}`),
    ...textIn(binary_path),
  ];
}

type Words = (change: MemberChange) => string[];

const words: Readonly<Record<string, Words>> = {
  state: ({ before, after }) => [`became ${text(after)} (was ${text(before)})`],
  trust_state: ({ before, after }) => [`is now ${text(after)} (was ${text(before)})`],
  name: ({ before, after }) => [`is called ${text(after)} (was ${text(before)})`],
  bytes: sized,
  files: ({ after }) => [Array.isArray(after) ? `has ${after.length} ${after.length === 1 ? 'file' : 'files'}` : 'has no files any more'],
  local_path: ({ after }) => [after === undefined ? 'lies nowhere any more' : `lies at ${text(after)}`],
  source: ({ before, after }) => [`comes from ${text(after)} (was ${text(before)})`],
  last_verified_ms: ({ after }) => timed('was verified', after),
  last_used_ms: ({ after }) => timed('was used', after),
  verified_at: ({ after }) => [after === undefined ? 'counts as not verified' : `counts as verified since ${text(after)}`],
  pins: pinned,
  labels: labelled,
};

function wordsOfMember(change: MemberChange): string[] {
  const { member, before, after } = change;
  const special = Object.hasOwn(words, member) ? words[member] : undefined;
  if (special !== undefined) return special(change);
  const name = member.replaceAll('_', ' ');
  if (after === undefined) return [`has no ${name} any more (was ${text(before)})`];
  return [`${name} is ${text(after)}${before === undefined ? '' : ` (was ${text(before)})`}`];
}

function sized({ before, after }: MemberChange): string[] {
  const [was, is] = [before, after].map((bytes) => (typeof bytes === 'number' ? sizeText(bytes) : undefined));
  return [is === undefined ? 'holds no bytes any more' : `holds ${is}${was === undefined ? '' : ` (was ${was})`}`];
}

function pinned({ before, after }: MemberChange): string[] {
  const [was, is] = [reasonsIn(before), reasonsIn(after)];
  return [
    ...is.filter((reason) => !was.includes(reason)).map((reason) => `pinned because ${reason}`),
    ...was.filter((reason) => !is.includes(reason)).map((reason) => `no longer pinned because ${reason}`),
  ];
}

function reasonsIn(pins: unknown): string[] {
  return Array.isArray(pins) ? pins.map(({ reason }: { reason: unknown }) => text(reason)) : [];
}

function labelled({ before, after }: MemberChange): string[] {
  const [was, is] = [labelsIn(before), labelsIn(after)];
  const gone = [...was.keys()].filter((key) => !is.has(key)).map((key) => `has no label ${key} any more`);
  const set = [...is].filter(([key, value]) => was.get(key) !== value).map(([key, value]) => `has the label ${key}=${value}`);
  return [...set, ...gone];
}

function labelsIn(labels: unknown): Map<string, string> {
  return new Map(typeof labels === 'object' && labels !== null ? Object.entries(labels as Record<string, string>) : []);
}

function timed(what: string, ms: unknown): string[] {
  if (typeof ms !== 'number') return [];
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? [] : [`${what} at ${date.toISOString()}`];
}

const longestText = 200;

function text(value: unknown): string {
  if (value === undefined) return 'none';
  return fitted(typeof value === 'string' ? value : canonicalJson(value), longestText);
}

function textIn(value: unknown): string[] {
  return typeof value === 'string' ? [text(value)] : [];
}

function shortDigest(digest: string): string {
  return `${digest.slice(0, digest.indexOf(':') + 13)}…`;
}
