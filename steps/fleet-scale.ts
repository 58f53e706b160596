import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { projectRoot } from '../support/checks/sources.js';
import type { CatalogWorld } from '../support/world.js';

interface Promised {
  readonly entries: number;
  readonly watchers: number;
  readonly listSeconds: number;
  readonly putMilliseconds: number;
  readonly watchSeconds: number;
}

interface Figure {
  readonly id: string;
  readonly requirement: string;
  readonly values: readonly number[];
  readonly target: { readonly most: number };
}

interface FleetBenchmark {
  readonly promised: Promised;
  figuresOf(server: string, scale: { entries: number; watchers: number; puts: number }): Promise<readonly Figure[]>;
}

interface ScaleWorld extends CatalogWorld {
  figures: readonly Figure[];
}

const timeout = 120_000;
const benchmark = async (): Promise<FleetBenchmark> =>
  (await import(pathToFileURL(join(projectRoot, 'bench/subjects/fleet.mjs')).href)) as FleetBenchmark;

Then(
  'of {int} entries and {int} watchers a list is to take less than {int} s, a put {int} ms and to tell the last watcher {int} s',
  async (entries: number, watchers: number, listSeconds: number, putMilliseconds: number, watchSeconds: number) => {
    expect((await benchmark()).promised).to.deep.equal({ entries, watchers, listSeconds, putMilliseconds, watchSeconds });
  },
);

When(
  'a fleet on {word} is measured with {int} entries and {int} watchers',
  { timeout },
  async function (this: ScaleWorld, server: string, entries: number, watchers: number) {
    try {
      this.figures = await (await benchmark()).figuresOf(server, { entries, watchers, puts: 5 });
    } catch (error) {
      // The benchmark has classes of its own: it is built.
      if (!(error instanceof Error) || error.constructor.name !== 'NoServer') throw error;
      this.log(error.message);
      return 'skipped';
    }
    return undefined;
  },
);

Then('a list, a put and telling the watchers have a figure each, against what is promised', async function (this: ScaleWorld) {
  const { listSeconds, putMilliseconds, watchSeconds } = (await benchmark()).promised;
  expect(this.figures.map(({ id }) => id.split('/')[1])).to.deep.equal(['list', 'put', 'watch']);
  expect(this.figures.map(({ target }) => target.most)).to.deep.equal([listSeconds, putMilliseconds, watchSeconds]);
  for (const { values, requirement } of this.figures) {
    expect(requirement).to.equal('CAT-FLT-7012');
    expect(values).to.satisfy((all: readonly number[]) => all.length > 0 && all.every(Number.isFinite));
  }
});

Then(
  'the README says of PostgreSQL {string} and {string}, and of etcd {string}',
  function (this: ScaleWorld, standby: string, address: string, members: string) {
    const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
    const section = readme.slice(readme.indexOf('## The catalog of a fleet'), readme.indexOf('## A node of a fleet'));
    expect([standby, address, members].filter((words) => !section.includes(words))).to.deep.equal([]);
  },
);
