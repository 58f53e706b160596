import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, type Violation } from '../checks/sources.js';

/** What comes with an installed package, and on what terms. */
export interface Dependency {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly text: string;
}

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

interface Published {
  readonly folder: string;
  readonly name: string;
}

/** The packages of this project that are published. */
export const published: readonly Published[] = [
  { folder: '.', name: 'catalog-core' },
  { folder: 'packages/provisioner', name: 'catalog-core-provisioner' },
];

/** Licences whose works may be handed on with one under GPL-3.0-or-later, as the list of the Free Software Foundation tells them. */
const compatible: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'GPL-3.0-or-later',
  'ISC',
  'LGPL-3.0-or-later',
  'MIT',
  'Unlicense',
]);

/**
 * Whether a work under this licence may come with ours. `OR` leaves the choice, and of what `AND` joins each part must do; where
 * both are mixed without parentheses this is stricter than the expression.
 */
export function isCompatible(license: string): boolean {
  const parts = license.replaceAll(/[()]/g, '').split(' AND ');
  return parts.every((part) => part.split(' OR ').some((one) => compatible.has(one.trim())));
}

/** The file that goes with a package: whose work comes with it, and the terms of each, once. */
export function noticesText(name: string, dependencies: readonly Dependency[]): string {
  const terms = [...new Set(dependencies.map(({ text }) => text))];
  const chapters = terms.map((text) => {
    const under = dependencies.filter((one) => one.text === text);
    return `## ${under.map((one) => `${one.name} ${one.version} (${one.license})`).join(', ')}\n\n\`\`\`text\n${text}\n\`\`\`\n`;
  });
  return [`# Notices\n`, `What is installed with ${name}, and the terms of each. Written by \`npm run accept\`.\n`, ...chapters].join('\n');
}

/** Whether the notices of each package are those of what the lock file installs with it. */
export function noticeViolations(): Violation[] {
  return published.flatMap(({ folder, name }) => {
    const path = noticesPath(folder);
    const wanted = noticesText(name, dependenciesOf(folder));
    return readFileSync(join(projectRoot, path), 'utf8') === wanted
      ? []
      : [{ path, line: 1, message: 'is not what is installed with the package: npm run accept writes it' }];
  });
}

export function noticesPath(folder: string): string {
  return join(folder, 'NOTICES.md');
}

/** All that is installed with the package in this folder, by name. Packages of this project are left out: they have their own notices. */
export function dependenciesOf(folder: string): Dependency[] {
  const { packages } = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')) as { packages: Record<string, Locked> };
  const found = new Map<string, Dependency>();
  const left = Object.keys(packages[folder === '.' ? '' : folder]?.dependencies ?? {});
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (found.has(name)) continue;
    const path = `node_modules/${name}`;
    const { version = '', license = '', dependencies = {} } = packages[path] ?? {};
    found.set(name, { name, version, license, text: termsIn(path) });
    left.push(...Object.keys(dependencies));
  }
  return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The text of the licence that a package brings; one that brings none is refused here, not left out. */
function termsIn(path: string): string {
  const folder = join(projectRoot, path);
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
  if (files.length === 0) throw new Error(`${path} has no text of its licence`);
  const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
  return texts.join('\n\n');
}
