import {
  copyFileSync,
  cpSync,
  type Dirent,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { transformSync } from '@swc/core';
import { substitutionOf } from '../saboteurs/sabotaged.js';
import type { AnySaboteur } from '../saboteurs/saboteur.js';

const packages = ['packages/provisioner'];
const sourceFolders = ['src', 'support', 'steps', 'examples', 'packages'];
/** What a copy makes itself; all else that is in the project it shares. */
const ownNames = [...sourceFolders, 'build', 'dist', 'reports', 'cucumber.mjs'];

/**
 * The project compiled beside its sources in a folder of its own, so that whatever is started there (scenarios, processes,
 * threads) is made of the same modules; what is not compiled is shared with the project. With maps each module says what it was compiled of.
 */
export function compiledProject(project: string, folder: string, { hasMaps = false } = {}): void {
  mkdirSync(folder);
  const isSource = (path: string): boolean => !/^(dist|node_modules)$/.test(basename(path));
  for (const name of sourcesIn(project)) cpSync(join(project, name), join(folder, name), { recursive: true, filter: isSource });
  for (const entry of readdirSync(project, { withFileTypes: true })) if (!ownNames.includes(entry.name)) share(entry, project, folder);
  // What looks for the built program, or imports the package by its name, finds this one.
  symlinkSync('.', join(folder, 'build'));
  for (const name of ['.', ...packages].filter((one) => existsSync(join(folder, one)))) symlinkSync('src', join(folder, name, 'dist'));
  for (const path of sourcesIn(folder).flatMap((name) => sourcesBelow(join(folder, name)))) compile(path, hasMaps);
  // A package on top of the library has this one, and not that of the project; an example has these packages.
  for (const name of packages.filter((one) => existsSync(join(folder, one)))) {
    install(folder, { at: join(folder, name), as: 'catalog-core' });
    install(join(folder, name), { at: join(folder, 'examples'), as: nameOfPackage(join(folder, name)) });
  }
}

function nameOfPackage(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly name: string }).name;
}

/** What is in a folder is found from another under a name. */
function install(what: string, { at, as: name }: { readonly at: string; readonly as: string }): void {
  const installed = join(at, 'node_modules');
  mkdirSync(installed, { recursive: true });
  symlinkSync(relative(installed, what), join(installed, name));
}

/** A second folder of that kind, of second names of the same files, in which a saboteur may be at work. */
export function copiedProject(compiled: string, folder: string, saboteur?: AnySaboteur): void {
  mkdirSync(folder);
  for (const name of sourcesIn(compiled)) linkedTree(join(compiled, name), join(folder, name));
  for (const entry of readdirSync(compiled, { withFileTypes: true })) {
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(join(compiled, entry.name)), join(folder, entry.name));
    else if (entry.isFile()) linkSync(join(compiled, entry.name), join(folder, entry.name));
  }
  if (saboteur !== undefined) substitute(folder, saboteur);
}

/** Folders by a link. Files by a copy: who reads a project's own files does not follow links to others. */
function share(entry: Dirent, project: string, folder: string): void {
  const [from, to] = [join(project, entry.name), join(folder, entry.name)];
  if (entry.isFile()) copyFileSync(from, to);
  else symlinkSync(from, to);
}

function linkedTree(from: string, to: string): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkedTree(source, target);
    else linkSync(source, target);
  }
}

/** Puts a module that exports what the saboteur makes of the original in the original's place. */
function substitute(folder: string, saboteur: AnySaboteur): void {
  const { module, names } = substitutionOf(saboteur);
  const path = join(folder, module.replace(/\.ts$/, '.js'));
  const original = path.replace(/\.js$/, '.original.js');
  renameSync(path, original);
  const specifier = (to: string): string => JSON.stringify(relative(dirname(path), to).replace(/^(?!\.)/, './'));
  writeFileSync(
    path,
    `import * as original from ${specifier(original)};
import { sabotaged } from ${specifier(join(folder, 'support/saboteurs/sabotaged.js'))};
export * from ${specifier(original)};
export const { ${names.join(', ')} } = sabotaged(${JSON.stringify(saboteur.name)}, original);
`,
  );
}

const sourcesIn = (project: string): string[] => sourceFolders.filter((name) => existsSync(join(project, name)));

function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

function compile(path: string, hasMap: boolean): void {
  const { code } = transformSync(readFileSync(path, 'utf8'), {
    filename: path,
    ...(hasMap && { sourceMaps: 'inline' }),
    swcrc: false,
    configFile: false,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'es6' },
  });
  writeFileSync(path.replace(/\.ts$/, '.js'), code);
}
