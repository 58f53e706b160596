import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Given, Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { projectRoot } from '../support/checks/sources.js';
import { type Audited, audit, audited } from '../support/security/audit.js';
import type { CatalogWorld } from '../support/world.js';

interface DependencyWorld extends CatalogWorld {
  dependencies: readonly string[];
  audit: { readonly audited: Audited; readonly answer: string };
}

interface Locked {
  readonly link?: boolean;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const json = <T>(path: string): T => JSON.parse(readFileSync(join(projectRoot, path), 'utf8')) as T;

Given('a registry that tells of weaknesses', function (this: DependencyWorld) {
  this.audit = audit();
  if (this.audit.audited !== 'unknown') return undefined;
  this.log('skipped: the registry of this machine has no audit');
  return 'skipped';
});

Then(
  'the package in {string} has at most {int} dependencies, all of one version',
  function (this: DependencyWorld, folder: string, few: number) {
    const { dependencies = {} } = json<Locked>(join(folder, 'package.json'));
    this.dependencies = Object.keys(dependencies);
    expect(this.dependencies.length).to.be.within(1, few);
    expect(Object.values(dependencies).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).to.deep.equal([]);
  },
);

Then('all that comes with it is locked with a checksum, and runs nothing when it is installed', function (this: DependencyWorld) {
  const { packages } = json<{ packages: Readonly<Record<string, Locked>> }>('package-lock.json');
  const left = [...this.dependencies];
  const seen = new Set<string>();
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    const found = packages[`node_modules/${name}`] ?? expect.fail(`${name} is not locked`);
    expect([name, found.hasInstallScript ?? false, /^sha512-/.test(found.integrity ?? '')]).to.deep.equal([name, false, true]);
    seen.add(name);
    left.push(...Object.keys(found.dependencies ?? {}).filter((one) => !seen.has(one)));
  }
});

Then('none is told of what comes with the packages', function (this: DependencyWorld) {
  expect(this.audit.audited, this.audit.answer).to.equal('clean');
});

Then(/^an audit that answers (.*) ?is (clean|not clean|unknown)$/, (answer: string, judged: string) => {
  expect(audited(answer.trim())).to.equal(judged);
});
