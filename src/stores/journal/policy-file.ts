import { type DiskProgram, stat } from '../../disk/program.js';
import { readFileIfThere } from '../../disk/whole-file.js';
import { policyFile } from '../fs/place.js';
import { type CatalogPolicy, notAPolicy, parsePolicy } from './policy.js';

const longest = 1024 * 1024;

/** CAT-HIS-3603: the policy that lies in a root; `InvalidArgument` for a file that is none. */
export function* readPolicy(root: string): DiskProgram<CatalogPolicy | undefined> {
  const path = policyFile(root);
  const found = yield* stat(path);
  if (found === undefined) return undefined;
  if (found.type !== 'file' || found.size > longest) throw notAPolicy(`it is no file of at most ${longest} bytes`, path);
  const bytes = yield* readFileIfThere(path);
  return bytes && parsePolicy(bytes.toString('utf8'), path);
}
