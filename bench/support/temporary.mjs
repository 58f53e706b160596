import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Does some work in a directory of its own, which is removed afterwards. */
export async function inTemporary(work) {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'catalog-peers-')));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
