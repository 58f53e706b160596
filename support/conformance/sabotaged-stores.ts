import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dirSync } from 'tmp-promise';
import type { ConformanceReport, StoreVerdict } from '../../src/conformance/index.js';
import { projectRoot } from '../checks/sources.js';
import { runCatalog } from '../cli.js';
import { saboteurNamed } from '../saboteurs/catalogue.js';
import { compiledProject, copiedProject } from '../teeth/workspace.js';

let prepared: string | undefined;

/** The project compiled once for all stores of this process. */
function compiled(): string {
  if (prepared !== undefined) return prepared;
  const folder = dirSync({ prefix: 'catalog-core-sabotaged-', unsafeCleanup: true, mode: 0o755 });
  process.once('exit', () => folder.removeCallback());
  prepared = join(folder.name, 'compiled');
  compiledProject(projectRoot, prepared);
  return prepared;
}

/** What the kit as it is says of a built-in store in which a saboteur is at work: a store of somebody else, by its module. */
export async function sabotagedVerdict(saboteur: string, store: 'fs' | 'journal', only: readonly string[]): Promise<StoreVerdict> {
  const project = compiled();
  const folder = dirSync({ prefix: 'sabotaged-', tmpdir: join(project, '..'), mode: 0o755 }).name;
  const copy = join(folder, 'project');
  copiedProject(project, copy, saboteurNamed(saboteur));
  try {
    const module = join(copy, `src/conformance/stores/${store}.js`);
    const words = ['conformance', '--store', module, '--quiet', ...only.flatMap((id) => ['--only', id])];
    const { stderr, stdout } = await runCatalog(words, { cwd: folder });
    const report = await readFile(join(folder, 'reports/conformance.json'), 'utf8').catch(() => undefined);
    const [verdict] = report === undefined ? [] : (JSON.parse(report) as ConformanceReport).stores;
    if (verdict === undefined) throw new Error(`the kit gave no verdict: ${stderr}${stdout}`);
    return verdict;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
