import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '../checks/sources.js';
import { isCommand } from '../is-command.js';
import { manualPage } from './page.js';

export const pagePath = join(projectRoot, 'man/catalog.1');

/** The page of this version. */
export function pageNow(): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
  return manualPage(version);
}

if (isCommand(import.meta.url)) {
  mkdirSync(dirname(pagePath), { recursive: true });
  writeFileSync(pagePath, await pageNow());
}
