import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { projectRoot } from '../support/checks/sources.js';
import { freshlyBuilt } from '../support/interrupt/fresh-build.js';
import type { CatalogWorld } from '../support/world.js';

interface ReleaseWorld extends CatalogWorld {
  /** What npm does in the project, by the name of the part. */
  failing: string;
  ended: { readonly code: number | null; readonly printed: string };
}

const closingLine = '3 passed, 0 failed';
const wordOf: Readonly<Record<string, string>> = {
  'types, lint, format, directions, unused exports': 'check',
  'benchmarks: what is written and synced': 'bench:counts',
  'scenarios, conformance, package, trace gate': 'test',
  nothing: 'none',
};

const textOf = (path: string): string => readFileSync(join(projectRoot, path), 'utf8');

Given(/^a project in which (.+) fails$/, async function (this: ReleaseWorld, part: string) {
  this.failing = wordOf[part] ?? expect.fail(`there is no ${part}`);
});

When('its release is checked', async function (this: ReleaseWorld) {
  const folder = await this.folder();
  // In the place of npm stands what says what it was asked for.
  const npm = `#!/bin/sh\ncase " $* " in *" ${this.failing} "*) code=1;; *) code=0;; esac\ncase " $* " in *" test "*) echo '${closingLine}';; esac\nexit $code\n`;
  await writeFile(join(folder, 'npm'), npm);
  await chmod(join(folder, 'npm'), 0o755);
  const { status, output } = spawnSync(process.execPath, [freshlyBuilt('support/release/run.ts')], {
    ...{ encoding: 'utf8', cwd: folder, env: { PATH: `${folder}:${process.env.PATH}` } },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  this.ended = { code: status, printed: output.slice(1).reverse().join('') };
});

Then(
  /^the command ends with (\d)(?:, tells `(.*)`)?,? and ends with the closing line$/,
  function (this: ReleaseWorld, code: string, told: string | undefined) {
    expect(this.ended.code).to.equal(Number(code));
    if (told) expect(this.ended.printed.split('\n')).to.include(told);
    expect(this.ended.printed.trimEnd().split('\n').at(-1)).to.equal(closingLine);
  },
);

Then('CI installs what the lock file says, and ends with `npm run --silent release:check`', () => {
  const lines = textOf('.ci/run').trimEnd().split('\n');
  expect(lines.some((line) => line.startsWith('npm ci '))).to.equal(true);
  expect(lines.at(-1)).to.equal('exec npm run --silent release:check');
});

Then(
  'the checklist has a row for each of these boxes, which names requirements of which nothing is open:',
  function (this: ReleaseWorld, table: DataTable) {
    const rows = rowsOf(textOf('CHECKLIST.md'));
    const boxes = table.hashes().map(({ box = '' }) => box);
    expect([...rows.keys()]).to.deep.equal(boxes);
    const lock = textOf('traceability.lock.txt');
    const isShown = (id: string) => lock.includes(`${id}#1 covered `) && !new RegExp(`^${id}#\\d+ open `, 'm').test(lock);
    for (const [box, ids] of rows) {
      expect(ids, box).to.not.deep.equal([]);
      expect(
        ids.filter((id) => !isShown(id)),
        box,
      ).to.deep.equal([]);
    }
  },
);

/** The ids of each row, by its box. */
function rowsOf(page: string): ReadonlyMap<string, readonly string[]> {
  const rows = page.split('\n').flatMap((line) => {
    const [, box, ids] = line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
    const found = ids?.match(/CAT-[A-Z]+-\d+/g) ?? [];
    return box !== undefined && !/^(box|-+)$/.test(box) ? [[box, found] as const] : [];
  });
  return new Map(rows);
}
