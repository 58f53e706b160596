import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Catalog } from '../src/catalog.js';
import { openCatalog } from '../src/open-catalog.js';
import { engineEntry } from '../support/world.js';
import { type ModelWorld, sourcePath } from './catalog.js';

/** Options come from JSON: what they are is what is tried. */
type Call = (catalog: Catalog, options: never, source: string) => unknown;

const calls: Readonly<Record<string, Call>> = {
  register: (catalog, options) => catalog.register(options),
  add: (catalog, options, source) => catalog.add(source, options),
  addWithReport: (catalog, options, source) => catalog.addWithReport(source, options),
  list: (catalog, options) => catalog.list(options),
  modelPath: (catalog, options) => catalog.modelPath('m', options),
  setState: (catalog, options) => catalog.setState('m', 'Retired', options),
  verify: (catalog, options) => catalog.verify('m', options),
  verifyAll: (catalog, options) => catalog.verifyAll(options),
  evict: (catalog, options) => catalog.evict('m', options),
  gc: (catalog, options) => catalog.gc(options),
  lease: (catalog, options) => catalog.lease('m', options),
  adopt: (catalog, options) => catalog.adopt('directory', options),
  dedupe: (catalog, options) => catalog.dedupe(options),
  watch: async (catalog, options) => catalog.watch(options)[Symbol.asyncIterator]().next(),
  sync: (catalog, options) => catalog.sync(options),
  follow: async (catalog, options) => catalog.follow(options)[Symbol.asyncIterator]().next(),
  doctor: (catalog, options) => catalog.doctor(options),
  repair: (catalog, options) => catalog.repair(options),
  openCatalog: (_, options) => openCatalog(options),
  'engines.put': (catalog, options) => catalog.engines.put(engineEntry('e'), options),
  'engines.delete': (catalog, options) => catalog.engines.delete('e', options),
  'engines.find': (catalog, options) => catalog.engines.find(options),
  'engines.watch': async (catalog, options) => catalog.engines.watch(options)[Symbol.asyncIterator]().next(),
};

When(/^([a-zA-Z.]+) is called with ([[{"nt].*)$/, function (this: ModelWorld, method: string, options: string) {
  return attempt(this, method, JSON.parse(options));
});

When(/^([a-zA-Z.]+) is called without options$/, function (this: ModelWorld, method: string) {
  return attempt(this, method, undefined);
});

When(/^(\w+) is asked for (null|a number|nothing|an object)$/, async function (this: ModelWorld, method: string, what: string) {
  const asked: unknown = { null: null, 'a number': 7, 'an object': { id: 'm' } }[what];
  const of = this.catalog as unknown as Readonly<Record<string, (...given: unknown[]) => Promise<unknown>>>;
  // Called out here: who gives a promise refuses by it, and throws nothing at once.
  const answer = of[method]?.(asked, method === 'setState' ? 'Active' : method === 'lease' ? { holder: 'a', ttlMs: 1 } : undefined);
  await this.attempt(() => answer);
});

async function attempt(world: ModelWorld, method: string, options: unknown): Promise<void> {
  // Called out here: who gives a promise refuses by it, and throws nothing at once.
  const answer = calls[method]?.(world.catalog, options as never, await sourcePath(world, 'a.gguf'));
  await world.attempt(() => answer);
}

Then('it is refused: there is no option {string}, and {string} may be meant', function (this: ModelWorld, unknown: string, meant: string) {
  const { code, message, details } = this.takeRefusal();
  expect({ code, details }).to.deep.equal({ code: 'InvalidArgument', details: { argument: unknown, unknown: [unknown] } });
  expect(message).to.include(`no option "${unknown}" (do you mean "${meant}"?)`);
});

Then(
  'it is refused: there are no options {string}, {string}, and none is near to them',
  function (this: ModelWorld, first: string, second: string) {
    const { code, message, details } = this.takeRefusal();
    expect({ code, details }).to.deep.equal({ code: 'InvalidArgument', details: { argument: first, unknown: [first, second] } });
    expect(message).to.match(new RegExp(`no option "${first}", "${second}"$`));
  },
);
