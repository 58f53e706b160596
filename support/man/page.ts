import type { Argument, Command, Option } from 'commander';
import { declaredProgram, declareVerb } from '../../src/cli/declaring.js';
import { verbs } from '../../src/cli/verbs.js';
import { setAnew } from '../../src/cli/wrapping.js';
import { type ErrorCode, exitCodes } from '../../src/core/errors.js';
import { bold, definition, example, heading, paragraph, roff, section, titleLine } from './roff.js';

/** When what is written here, and not in the declarations, was last changed. */
const revised = '2026-11-23';

type ExitCode = (typeof exitCodes)[ErrorCode];

const meanings: Readonly<Record<ExitCode, string>> = {
  1: 'a verification failed, or a policy said no',
  2: 'what was asked for is not understood',
  3: 'it is not there',
  4: 'somebody else is busy with it, or it conflicts with what is there',
  5: 'stored bytes are corrupt',
  6: 'it is refused',
  7: 'the disk, or what stands for it, failed',
  130: 'it was interrupted',
};

const environment: readonly (readonly [string, string])[] = [
  ['CATALOG_ROOT', 'The directory of the catalog where --root is not given.'],
  ['XDG_CACHE_HOME', 'Where the catalog is without that: below it, in models; without either in ~/.cache/models.'],
  ['NO_COLOR', 'Where it is set and not empty nothing is coloured.'],
  ['TERM', 'Where it is dumb nothing is coloured.'],
  ['PGPASSWORD', 'The password of a PostgreSQL server that --store, --to or --from names; ~/.pgpass is read as well.'],
];

const files: readonly (readonly [string, string])[] = [
  ['~/.cache/models', 'The root of the catalog, unless it is told otherwise.'],
  ['root.json', 'In the root: which catalog it is, and of which store.'],
  ['models', 'In the root: a folder for each model, with links to its files under their own names.'],
  ['blobs', 'In the root: the bytes, once, by their digest.'],
  ['trace.config.json', 'In a project: where catalog trace finds its specification.'],
];

/** The manual page of the command, of the declarations that its help is made of. */
export async function manualPage(version: string): Promise<string> {
  const program = declaredProgram(version);
  const parts = [
    titleLine('CATALOG', { revised, source: `catalog-core ${version}` }),
    section('NAME', roff(`catalog - ${lowered(program.description())}`)),
    section('SYNOPSIS', `${bold('catalog')} ${roff('<verb> [options]')}`),
    section('DESCRIPTION', roff(program.description()), told(program)),
    section('OPTIONS', roff('Every verb takes these; they stand before it or after it.'), ...optionsOf(program)),
    section('VERBS', ...(await Promise.all(verbs.map(({ name }) => verbPart(name))))),
    section('EXIT STATUS', ...exitParts()),
    section('ENVIRONMENT', ...environment.map(([name, text]) => definition(name, text))),
    section('FILES', ...files.map(([name, text]) => definition(name, text))),
  ];
  return `${parts.join('\n')}\n`;
}

/** With the options that every verb takes told once, above. */
async function verbPart(name: string): Promise<string> {
  const command = declaredProgram('').createCommand(name);
  const verb = verbs.find((one) => one.name === name);
  await declareVerb(command, name);
  const shared = new Set(declaredProgram('').options.map(({ flags }) => flags));
  const own = command.options.filter(({ flags }) => !shared.has(flags));
  const operands = command.registeredArguments.map(operandText).join(' ');
  return [
    heading(`catalog ${name} ${operands}`.trimEnd()),
    roff(verb?.summary ?? ''),
    ...command.registeredArguments.filter(({ description }) => description !== '').map((one) => definition(operandText(one), textOf(one))),
    ...own.map((one) => definition(one.flags, textOf(one))),
    told(command),
  ].join('\n');
}

function optionsOf(command: Command): string[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map((one) => definition(one.flags, textOf(one)));
}

function textOf(one: Option | Argument): string {
  const help = declaredProgram('').createHelp();
  return 'flags' in one ? help.optionDescription(one) : help.argumentDescription(one);
}

function operandText(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** What stands below the options in the help: prose, and indented lines as they are. */
function told(command: Command): string {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  const below = setAnew(help.slice(command.helpInformation().length), Number.POSITIVE_INFINITY);
  const blocks = below.matchAll(/^(?: .*\n)+|^\S.*$/gm);
  return Array.from(blocks, ([block]) => blockPart(block)).join('\n');
}

function blockPart(block: string): string {
  if (!block.startsWith(' ')) return paragraph(block);
  const lines = block.trimEnd().split('\n');
  return example(lines.map((line) => line.replace(/^ {2}/, '')));
}

function exitParts(): string[] {
  const codes = Object.entries(exitCodes);
  const parts = Object.entries(meanings).map(([number, text]) => {
    const names = codes.filter(([, code]) => code === Number(number)).map(([name]) => name);
    return definition(number, `${text}: ${names.join(', ')}.`);
  });
  return [definition('0', 'it is done.'), ...parts, definition('70', 'a mistake in the command itself; please report it.')];
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');
}
