import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Whether a module is what node was asked to run. The test runner imports every file of support/; those that act do it only then. */
export function isCommand(module: string): boolean {
  const command = process.argv[1];
  return command !== undefined && realpathSync(command) === fileURLToPath(module);
}
