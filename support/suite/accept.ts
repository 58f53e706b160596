import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readProject } from '../checks/run.js';
import { projectRoot } from '../checks/sources.js';
import { isCommand } from '../is-command.js';
import { dependenciesOf, noticesPath, noticesText, published } from '../package/notices.js';
import { acceptSurface } from '../package/surface.js';
import { numbersOf, withNumbers } from './numbers.js';

/** What is there now is accepted: as `catalog trace accept` writes it, in the numbers of the README, in the notices, and in `api`. */
function accept(): void {
  execFileSync(process.execPath, [join(projectRoot, 'dist/cli/main.js'), 'trace', 'accept'], { cwd: projectRoot, stdio: 'inherit' });
  const path = join(projectRoot, 'README.md');
  const readme = withNumbers(readFileSync(path, 'utf8'), numbersOf(readProject(projectRoot).counted));
  if (readme !== undefined) writeFileSync(path, readme);
  for (const { folder, name } of published)
    writeFileSync(join(projectRoot, noticesPath(folder)), noticesText(name, dependenciesOf(folder)));
  acceptSurface();
}

if (isCommand(import.meta.url)) accept();
