import type { Argument, Command, Option } from 'commander';
import { declaredProgram, declareVerb } from './declaring.js';

/** What a shell may put in place of the word that is being typed. */
export interface Candidate {
  readonly text: string;
  readonly about?: string | undefined;
}

export interface Completion {
  readonly candidates: readonly Candidate[];
  /** What the shell is to complete itself. */
  readonly paths: 'files' | 'directories' | 'words';
}

/** The ids of a catalog that begin so. */
export type IdsOf = (asked: {
  readonly kind: 'models' | 'engines';
  readonly prefix: string;
  /** What the line says for `--root` and its like. */
  readonly given: Readonly<Record<string, string | true>>;
}) => Promise<readonly Candidate[]>;

/** What a placeholder of the declarations stands for; of `<id|path>` both. What is not here is completed by nobody. */
const meanings: Readonly<Record<string, readonly string[] | 'models' | 'engines' | 'files' | 'directories'>> = {
  id: 'models',
  model: 'models',
  engine: 'engines',
  file: 'files',
  path: 'files',
  dir: 'directories',
  store: ['fs', 'journal'],
};

/** How far a line has come: the verb, and what its next word is. */
interface Line {
  readonly command: Command;
  readonly name: string;
  readonly operands: number;
  /** Behind `--` there are no options. */
  readonly isOver: boolean;
  /** An option whose value comes next. */
  readonly awaiting?: Option | undefined;
  readonly given: Readonly<Record<string, string | true>>;
}

/** CAT-CLI-6204: what the last of these words may become, from the declarations that `--help` is made of. */
export async function completionOf(words: readonly string[], idsOf: IdsOf): Promise<Completion> {
  const typed = words.at(-1) ?? '';
  const line = await lineOf(words.slice(0, -1));
  if (line === undefined) return offering([]);
  if (line.awaiting !== undefined) return valuesOf(line, line.awaiting, typed, idsOf);
  if (!line.isOver && typed.startsWith('-')) return optionsOrValue(line, typed, idsOf);
  if (line.command.commands.length > 0) return offering(verbsOf(line.command), typed);
  const argument = argumentAt(line);
  return argument === undefined ? offering([]) : valuesOf(line, argument, typed, idsOf);
}

/** `undefined` where a word names no verb. */
async function lineOf(words: readonly string[]): Promise<Line | undefined> {
  const [first, ...rest] = words;
  const asked = first === 'help' ? rest : words;
  let line: Line | undefined = { command: declaredProgram(''), name: '', operands: 0, isOver: false, given: {} };
  for (const word of asked) line = line && (await after(line, word));
  return line;
}

async function after(line: Line, word: string): Promise<Line | undefined> {
  const { awaiting, ...rest } = line;
  if (awaiting !== undefined && (awaiting.required || !word.startsWith('-')))
    return { ...rest, given: { ...line.given, [awaiting.attributeName()]: word } };
  if (line.isOver || !word.startsWith('-') || word === '-') return afterOperand(rest, word);
  if (word === '--') return { ...rest, isOver: true };
  const [name = '', value] = split(word);
  const option = optionsOf(line.command).find(({ short, long }) => name === short || name === long);
  if (option === undefined) return rest;
  if (value === undefined && takesValue(option)) return { ...rest, awaiting: option };
  return { ...rest, given: { ...line.given, [option.attributeName()]: value ?? true } };
}

async function afterOperand(line: Line, word: string): Promise<Line | undefined> {
  if (line.command.commands.length === 0) return { ...line, operands: line.operands + 1 };
  const command = line.command.commands.find((one) => one.name() === word);
  if (command === undefined) return undefined;
  const name = `${line.name} ${word}`.trimStart();
  await declareVerb(command, name);
  return { ...line, command, name };
}

/** `--state=A` is completed behind its sign. */
async function optionsOrValue(line: Line, typed: string, idsOf: IdsOf): Promise<Completion> {
  const [name = '', value] = split(typed);
  const all = optionsOf(line.command);
  const option = all.find(({ long }) => long === name);
  if (value === undefined) return offering(all.flatMap(namesOf), typed);
  if (option === undefined || !takesValue(option)) return offering([]);
  const { candidates, paths } = await valuesOf(line, option, value, idsOf);
  return { candidates: candidates.map((one) => ({ ...one, text: `${name}=${one.text}` })), paths };
}

async function valuesOf(line: Line, wanted: Option | Argument, prefix: string, idsOf: IdsOf): Promise<Completion> {
  if (wanted.argChoices !== undefined) return offering(wanted.argChoices.map(asCandidate), prefix);
  const meant = placeholderOf(wanted).flatMap((word) => meanings[word] ?? []);
  const kinds = meant.filter((one) => one === 'models' || one === 'engines');
  const ids = await Promise.all(kinds.map((kind) => idsOf({ kind, prefix, given: line.given })));
  const own = meant.filter((one) => one !== 'models' && one !== 'engines' && one !== 'files' && one !== 'directories');
  const paths = meant.find((one) => one === 'files' || one === 'directories') ?? 'words';
  // What begins with a dash is an option, except behind `--` and as a value.
  const isSafe = ({ text }: Candidate) => line.isOver || line.awaiting !== undefined || !text.startsWith('-');
  return { ...offering([...ids.flat().filter(isSafe), ...own.map(asCandidate)], prefix), paths };
}

function offering(candidates: readonly Candidate[], prefix = ''): Completion {
  return { candidates: candidates.filter(({ text }) => text.startsWith(prefix)), paths: 'words' };
}

/** `id` and `path` of `<id|path>`. */
function placeholderOf(wanted: Option | Argument): readonly string[] {
  const name = 'flags' in wanted ? (/[<[](.+?)(?:\.\.\.)?[>\]]/.exec(wanted.flags)?.[1] ?? '') : wanted.name();
  return name.split('|');
}

function argumentAt({ command, operands }: Line): Argument | undefined {
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  return registeredArguments[operands] ?? (last?.variadic ? last : undefined);
}

function optionsOf(command: Command): readonly Option[] {
  return command.createHelp().visibleOptions(command);
}

function namesOf({ short, long, description }: Option): Candidate[] {
  return [long, short].flatMap((text) => (text === undefined ? [] : { text, about: description }));
}

function verbsOf(command: Command): Candidate[] {
  return command.commands.map((verb) => ({ text: verb.name(), about: verb.summary() }));
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function asCandidate(text: string): Candidate {
  return { text };
}

function split(word: string): readonly [string, string | undefined] {
  const sign = word.indexOf('=');
  return word.startsWith('--') && sign !== -1 ? [word.slice(0, sign), word.slice(sign + 1)] : [word, undefined];
}
