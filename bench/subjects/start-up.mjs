import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { runProgram } from '../measure/artifacts.mjs';

const requirement = 'CAT-PRF-6413';
const dist = (path) => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));
const command = dist('cli/main.js');
const index = dist('index.js');
const mebibyte = 1024 * 1024;

const running = (name, words) => ({ name, operate: () => runProgram(process.execPath, words) });

const starting = {
  id: 'start-up',
  title: 'Whole processes',
  how: 'From the start of node to its end: nothing, the import of the package, the version, and a table of 10,000 models of FsCatalog.',
  plan: { blocks: 30, passes: 2, operations: 1, warmUp: 2 },
  quick: { blocks: 3, warmUp: 1 },
  async open(context) {
    const { folder, close } = await context.filled('FsCatalog', 10_000);
    await close();
    const sides = [
      running('node', ['-e', '0']),
      running('import', ['--input-type=module', '-e', `import ${JSON.stringify(index)}`]),
      running('node, a module', ['--input-type=module', '-e', '0']),
      running('--version', [command, '--version']),
      running('ls', [command, 'ls', '--root', join(folder, 'fs-root')]),
    ];
    return { sides, close: () => context.remove(folder) };
  },
  comparisons: [
    { id: 'start-up/import', of: 'import', says: "import 'catalog-core', against node -e 0", target: { most: 1.1 } },
    { id: 'start-up/import/module', of: 'import', against: 'node, a module', says: "import 'catalog-core', against an empty module" },
    { id: 'start-up/version', of: '--version', says: 'catalog --version, against node -e 0', target: { most: 1.6 } },
    { id: 'start-up/ls/10000', of: 'ls', says: 'catalog ls of 10,000 models, against node -e 0', target: { most: 4 } },
  ].map((comparison) => ({ requirement, against: 'node', ...comparison })),
};

/** How much memory a process has at the end, when it has listed a catalog; and one that does nothing. */
function memoryOf(words) {
  const tail = 'globalThis.gc?.(); process.stdout.write(String(process.memoryUsage.rss()))';
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', `${words}\n${tail}`], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout) / mebibyte;
}

const memory = {
  id: 'start-up/memory',
  title: 'Memory at 100,000 records',
  how: 'The resident memory of a process that has opened a catalog and listed it, less that of a node that does nothing.',
  leftOutOfQuick: 'catalogs of 100,000 records are made for it',
  async measure(context) {
    const figures = [];
    for (const [name, folderOf] of [['JournalCatalog', 'journal-root'], ['FsCatalog', 'fs-root']]) {
      const { folder, close } = await context.filled(name, 100_000);
      await close();
      const words = `import { ${name} } from ${JSON.stringify(index)};
        const store = await ${name}.open({ root: ${JSON.stringify(join(folder, folderOf))} });
        globalThis.kept = [store, (await store.models.list()).length];`;
      const values = Array.from({ length: 3 }, () => memoryOf(words) - memoryOf(''));
      context.remove(folder);
      figures.push({ id: `start-up/memory/${name}/100000`, requirement, says: `memory of ${name} with 100,000 records, listed`, unit: 'MiB', values, target: { most: 250 } });
    }
    return { figures };
  },
};

export const experiments = [starting, memory];
