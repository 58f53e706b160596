import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../checks/sources.js';
import { isCommand } from '../is-command.js';

/** The commands of the packages, which the compiler writes as files that nobody may run. */
const commands = ['dist/cli/main.js', 'packages/provisioner/dist/cli/main.js'];

if (isCommand(import.meta.url)) for (const command of commands) chmodSync(join(projectRoot, command), 0o755);
