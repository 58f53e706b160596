import { Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { sha256 } from '../support/artifact-helpers.js';
import { idsIn, type NodesWorld, nodeOf, sync } from '../support/fleet/nodes-world.js';
import { modelEntry } from '../support/model-entry.js';

Then("on node {string} {string} is the fleet's then", async function (this: NodesWorld, name: string, id: string) {
  expect((await nodeOf(this, name).get(id))?.fleet?.from).to.equal(this.fleet.name);
  expect(await nodeOf(this, name).store.models.get(id)).to.equal(undefined);
});

Then('on node {string} {string} is its own, verified', async function (this: NodesWorld, name: string, id: string) {
  const { trust_state, state, fleet } = (await nodeOf(this, name).get(id)) ?? {};
  expect([trust_state, state, fleet]).to.deep.equal(['verified', 'Active', undefined]);
});

Then(
  "node {string} shows {string} as the fleet's, from where it came, and not where it lies elsewhere",
  async function (this: NodesWorld, name: string, id: string) {
    await this.fleet.models.put(modelEntry(id, { local_path: 'models/a', mode: 'copy' }));
    const { revision } = this.fleet.server;
    await sync(this, name);
    const shown = await nodeOf(this, name).get(id);
    expect(shown?.fleet).to.deep.equal({ from: this.fleet.name, revision });
    expect(shown).to.not.have.any.keys('local_path', 'mode');
  },
);

Then('node {string} shows {string} as its own', async function (this: NodesWorld, name: string, id: string) {
  expect((await nodeOf(this, name).get(id))?.fleet).to.equal(undefined);
});

Then(
  "node {string} lists {string}, and with the fleet's {string}",
  async function (this: NodesWorld, name: string, own: string, all: string) {
    const node = nodeOf(this, name);
    expect((await node.list()).map(({ id }) => id)).to.deep.equal(idsIn(own));
    const both = await node.list({ fleet: true });
    expect(both.map(({ id }) => id)).to.deep.equal(idsIn(all));
    expect(both.filter(({ fleet }) => fleet === undefined).map(({ id }) => id)).to.deep.equal(idsIn(own));
    expect((await node.list({ fleet: true, id: 'a*' })).map(({ id }) => id)).to.deep.equal(['a']);
  },
);

Then(
  'on node {string} {string} exists, and the reference it was made from, and not {string}',
  async function (this: NodesWorld, name: string, id: string, missing: string) {
    const node = nodeOf(this, name);
    expect(await Promise.all([id, 'hf:org/b', missing].map((asked) => node.exists(asked)))).to.deep.equal([true, true, false]);
  },
);

Then('node {string} has no fleet, lists none, and shows no {string}', async function (this: NodesWorld, name: string, id: string) {
  const node = nodeOf(this, name);
  await node.put(modelEntry('own'));
  this.steps.length = 0;
  expect([await node.fleet.origin(), await node.fleet.models.list(), await node.get(id)]).to.deep.equal([undefined, [], undefined]);
  expect((await node.list({ fleet: true })).map((entry) => entry.id)).to.deep.equal(['own']);
  const about = this.steps.filter(({ path }) => path.includes('/fleet'));
  expect([...new Set(about.map(({ step }) => step.op))]).to.deep.equal(['stat']);
  this.steps.length = 0;
  await node.get('own');
  await node.pin('own', 'mine');
  expect(this.steps.filter(({ path }) => path.includes('/fleet'))).to.deep.equal([]);
});

Then('node {string} locates {string} nowhere', async function (this: NodesWorld, name: string, id: string) {
  expect(await nodeOf(this, name).locate(id)).to.equal(undefined);
  await this.attempt(() => nodeOf(this, name).modelPath(id));
  expect(this.takeRefusal().code).to.equal('NotFound');
});

Then('node {string} locates {string} where {string} lies', async function (this: NodesWorld, name: string, id: string, own: string) {
  const node = nodeOf(this, name);
  expect(await node.locate(id)).to.deep.equal(await node.locate(own));
  expect(await node.modelPath(id, { touch: true })).to.equal(await node.modelPath(own));
  expect((await node.get(own))?.last_used_ms).to.not.equal(undefined);
});

Then('node {string} tells that {string} is held by {string}', async function (this: NodesWorld, name: string, id: string, nodes: string) {
  expect((await nodeOf(this, name).where(id)).nodes.map(({ node }) => node)).to.deep.equal(idsIn(nodes));
});

Then(
  'node {string} tells that {string} is held by itself alone, as of nothing',
  async function (this: NodesWorld, name: string, id: string) {
    const { nodes, as_of } = await nodeOf(this, name).where(id);
    expect([nodes.map(({ self }) => self), as_of]).to.deep.equal([[true], undefined]);
  },
);

Then('each tells which of them it is, with the path on each, and when it was verified', async function (this: NodesWorld) {
  for (const name of ['one', 'two']) {
    const { nodes } = await nodeOf(this, name).where('a');
    for (const { node, path, bytes, model, verified_at, self } of nodes) {
      expect(self).to.equal(node === name);
      expect(path).to.equal(await nodeOf(this, node).modelPath(model ?? ''));
      expect(verified_at).to.equal((await nodeOf(this, node).get(model ?? ''))?.verified_at);
      expect([bytes, model]).to.deep.equal([12, node === 'one' ? 'a' : 'my-a']);
    }
    expect(nodes.map(({ verified_at }) => verified_at)).to.not.include(undefined);
  }
});

Then(
  'node {string} tells the same by the digest of {string}, and by a reference to {string}',
  async function (this: NodesWorld, name: string, content: string, id: string) {
    const node = nodeOf(this, name);
    const { nodes } = await node.where(id);
    const digest = sha256(content);
    for (const asked of [digest, digest.slice('sha256:'.length), `hf:org/${id}`])
      expect((await node.where(asked)).nodes).to.deep.equal(nodes);
  },
);

Then('both say as of which revisions of the fleet', async function (this: NodesWorld) {
  for (const name of ['one', 'two']) {
    const { as_of } = await nodeOf(this, name).where('a');
    expect(as_of?.from).to.equal(this.fleet.name);
    expect(as_of?.revisions.holdings).to.be.above(0);
  }
});

Then('the fleet says that {string} holds nothing', async function (this: NodesWorld, node: string) {
  expect(await heldBy(this, node)).to.deep.equal([]);
});

Then('the fleet says that {string} holds {string}', async function (this: NodesWorld, node: string, model: string) {
  expect(await heldBy(this, node)).to.deep.equal([model]);
});

async function heldBy({ fleet }: NodesWorld, name: string): Promise<(string | undefined)[]> {
  return (await fleet.holdings.list()).filter(({ record }) => record.node === name).map(({ record }) => record.model);
}

Then('it has announced {int} and taken back {int}', function (this: NodesWorld, put: number, deleted: number) {
  expect(this.report.announced).to.deep.equal({ put, deleted });
  this.revisionBefore = put + deleted > 0 ? this.fleet.server.revision : this.revisionBefore;
});

Then('the fleet is at the revision at which it was', function (this: NodesWorld) {
  expect(this.fleet.server.revision).to.equal(this.revisionBefore);
});

Then(
  'asking node {string} where {string} is, is refused with {word}',
  async function (this: NodesWorld, name: string, id: string, code: string) {
    await this.attempt(() => nodeOf(this, name).where(id));
    expect(this.takeRefusal().code).to.equal(code);
  },
);

Then(
  'asking node {string} where a digest is that nobody knows, is refused with {word}',
  async function (this: NodesWorld, name: string, code: string) {
    await this.attempt(() => nodeOf(this, name).where(sha256('unknown')));
    expect(this.takeRefusal().code).to.equal(code);
  },
);
