import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../checks/sources.js';
import { isCommand } from '../is-command.js';
import { linesShown, pictureOf, themes } from './picture.js';

/** What the quickstart prints, run as a user runs it. */
export function quickstartOutput(): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(projectRoot, 'build/support/quickstart.js')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the quickstart ended with ${status}: ${stderr}`);
  return stdout;
}

/** Draws the pictures of the README from a run of now. */
if (isCommand(import.meta.url)) {
  const lines = linesShown(quickstartOutput());
  writeFileSync(join(projectRoot, 'docs/quickstart.svg'), pictureOf(lines, themes.light));
  writeFileSync(join(projectRoot, 'docs/quickstart-dark.svg'), pictureOf(lines, themes.dark));
}
