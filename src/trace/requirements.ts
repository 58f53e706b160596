import { obligationsIn, strongest } from './obligations.js';
import type { Keyword, Place, Requirement } from './trace.js';
import { normalise, oneBlank, type Source, sha256 } from './words.js';

/** What a specification says, before anything is known of its proof. */
export interface Stated
  extends Pick<Requirement, 'id' | 'title' | 'text' | 'source' | 'section' | 'hash' | 'level' | 'parent' | 'clauses'> {
  readonly obligations: readonly { readonly id: string; readonly keyword: Keyword; readonly text: string }[];
  /** It stays in place and asks for nothing any more. */
  readonly isWithdrawn: boolean;
}

/** How requirements are written in a document. */
export interface Profile {
  /** A regular expression of the project's ids, such as `CAT-[A-Z]{2,3}-\d{4}`. */
  readonly id: string;
  /** Whether boxes (`- [ ] text`) are requirements too. */
  readonly checklists?: boolean;
  /** Ids for items that have none in the text, by their slug: `{ "~concurrency-guards": "CAT-INT-3313" }`. */
  readonly names?: Readonly<Record<string, string>>;
}

/** A list item or a heading, and the lines that are its own. */
interface Item {
  readonly line: number;
  /** How far it is indented; headings are left of every item, the higher the farther. */
  readonly depth: number;
  readonly kind: 'heading' | 'item';
  readonly words: string;
  readonly more: { readonly line: number; readonly text: string }[];
  readonly section: readonly string[];
  above: Item | undefined;
  readonly below: Item[];
}

const roles = { GIVEN: 'given', WHEN: 'when', THEN: 'then' } as const;

/**
 * The requirements of a Markdown file as it stands (CAT-TRC-5101): list items and headings that begin with an id (`[ID]`, `**ID**`,
 * `ID:`), boxes of a checklist, and items without an id that have GIVEN, WHEN and THEN, which get one from their title.
 */
export function requirementsIn(source: Source, profile: Profile): Stated[] {
  const items = itemsIn(source.text);
  const opening = new RegExp(
    `^(?:\\[(?<bracketed>${profile.id})\\]|\\*\\*(?<bold>${profile.id})\\*\\*|\`(?<code>${profile.id})\`|(?<plain>${profile.id})(?=[:.\\s]|$))[:.]?\\s*`,
  );
  const ids = new Map<Item, string>();
  const titles = new Map<Item, string>();
  for (const item of items) {
    const words = item.words.replace(/^\[[ xX]\]\s+/, '');
    const begins = opening.exec(words);
    const { bracketed, bold, code, plain } = begins?.groups ?? {};
    const id = begins === null ? unnamed(item, words, profile) : (bracketed ?? bold ?? code ?? plain);
    if (id === undefined) continue;
    ids.set(item, id);
    titles.set(item, words.slice(begins?.[0].length ?? 0));
  }
  return items.flatMap((item) => {
    const id = ids.get(item);
    return id === undefined ? [] : [stated(item, { id, title: titles.get(item) ?? '', path: source.path, ids })];
  });
}

/** Every mention of an id in a text that its project defines or should. */
export function mentionsIn({ path, text }: Source, id: string): { readonly id: string; readonly place: Place }[] {
  const whole = new RegExp(`(?<![A-Za-z0-9_-])(?:${id})(?![A-Za-z0-9_-])`, 'g');
  return text
    .split('\n')
    .flatMap((line, index) => [...line.matchAll(whole)].map(([found]) => ({ id: found, place: { path, line: index + 1 } })));
}

function stated(item: Item, about: { id: string; title: string; path: string; ids: ReadonlyMap<Item, string> }): Stated {
  const { id, path, ids } = about;
  const own = ownLines(item, ids);
  const title = oneBlank(about.title);
  const text = oneBlank([...item.more, ...own].map((line) => line.text).join(' '));
  const isWithdrawn = /\(withdrawn\)/i.test(title);
  const clauses = clausesOf(own);
  const said = clauses.map((clause) => clause.text);
  const obligations = isWithdrawn ? [] : obligationsIn(title, text, said).map((one, index) => ({ id: `${id}#${index + 1}`, ...one }));
  return {
    id,
    title,
    text,
    source: { path, line: item.line },
    section: item.section,
    hash: sha256(normalise(`${title} ${text}`)),
    level: isWithdrawn ? 'MAY' : strongest(obligations.map(({ keyword }) => keyword)),
    parent: parentOf(item, ids),
    clauses,
    obligations,
    isWithdrawn,
  };
}

/** What is said below an item, but for what other requirements below it say. */
function ownLines(item: Item, ids: ReadonlyMap<Item, string>): { line: number; text: string }[] {
  return item.below.flatMap((below) => {
    if (ids.has(below)) return [];
    const words = [below.words, ...below.more.map(({ text }) => text)].join(' ');
    return [{ line: below.line, text: words }, ...ownLines(below, ids)];
  });
}

function parentOf(item: Item, ids: ReadonlyMap<Item, string>): string | undefined {
  for (let above = item.above; above !== undefined; above = above.above) {
    const id = ids.get(above);
    if (id !== undefined) return id;
  }
  return undefined;
}

/** GIVEN, WHEN and THEN, each once at least; AND goes on with what stands before it. */
function clausesOf(lines: readonly { line: number; text: string }[]): Stated['clauses'] {
  const clauses: Stated['clauses'][number][] = [];
  for (const { line, text } of lines) {
    const [, word = '', words = ''] = /^\*{0,2}(GIVEN|WHEN|THEN|AND|BUT)\b\*{0,2}:?\s+(.*)$/s.exec(text) ?? [];
    const role = word in roles ? roles[word as keyof typeof roles] : clauses.at(-1)?.role;
    if (word !== '' && role !== undefined) clauses.push({ role, text: oneBlank(words), line });
  }
  return Object.values(roles).every((role) => clauses.some((clause) => clause.role === role)) ? clauses : [];
}

/** An id from the title, for a box of a checklist and for what has GIVEN, WHEN and THEN. */
function unnamed(item: Item, words: string, profile: Profile): string | undefined {
  const isBox = profile.checklists === true && /^\[[ xX]\]\s/.test(item.words);
  const saysHow = item.below.length > 0 && clausesOf(item.below.map(({ line, words: text }) => ({ line, text }))).length > 0;
  // What stands in brackets is an id, and of another project.
  if ((!isBox && !saysHow) || /^\[[^\]]+\]/.test(words)) return undefined;
  const slug = `~${slugOf(words)}`;
  return profile.names?.[slug] ?? slug;
}

function slugOf(words: string): string {
  const plain = normalise(words)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-');
  return plain.replace(/^-+|-+$/g, '');
}

/** The headings and list items of a text; what stands in a fence is neither. */
function itemsIn(text: string): Item[] {
  const items: Item[] = [];
  let section: readonly { level: number; words: string }[] = [];
  let last: Item | undefined;
  let fence: string | undefined;
  let wasBlank = false;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    const mark = /^\s*(```+|~~~+)/.exec(raw)?.[1];
    if (fence !== undefined || mark !== undefined) {
      if (fence === undefined) fence = mark;
      else if (mark?.startsWith(fence)) fence = undefined;
      else last?.more.push({ line, text: raw.trim() });
      continue;
    }
    const [, hashes, heading = ''] = /^(#{1,6})\s+(.*?)\s*#*$/.exec(raw) ?? [];
    const [, indent = '', words] = /^(\s*)(?:[-*+]|\d+[.)])\s+(.*)$/.exec(raw) ?? [];
    if (hashes !== undefined) {
      section = [...section.filter(({ level }) => level < hashes.length), { level: hashes.length, words: oneBlank(heading) }];
      last = placed(
        {
          line,
          depth: hashes.length - 10,
          kind: 'heading',
          words: heading,
          more: [],
          section: names(section.slice(0, -1)),
          above: undefined,
          below: [],
        },
        last,
      );
      items.push(last);
    } else if (words !== undefined) {
      last = placed(
        { line, depth: widthOf(indent), kind: 'item', words, more: [], section: names(section), above: undefined, below: [] },
        last,
      );
      items.push(last);
    } else if (raw.trim() !== '') {
      // A line at the margin after a blank one belongs to the heading, not to the list above it.
      if (wasBlank && /^\S/.test(raw)) while (last !== undefined && last.kind === 'item') last = last.above;
      last?.more.push({ line, text: raw.trim() });
    }
    wasBlank = raw.trim() === '';
  }
  return items;
}

function placed(item: Item, last: Item | undefined): Item {
  let above = last;
  while (above !== undefined && above.depth >= item.depth) above = above.above;
  item.above = above;
  above?.below.push(item);
  return item;
}

function widthOf(indent: string): number {
  return [...indent].reduce((width, blank) => (blank === '\t' ? width + 4 - (width % 4) : width + 1), 0);
}

function names(section: readonly { words: string }[]): string[] {
  return section.map(({ words }) => words);
}
