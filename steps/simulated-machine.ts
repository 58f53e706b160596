import { Given, Then, When, type World } from '@cucumber/cucumber';
import { expect } from 'chai';
import { close, createExclusive, runSync } from '../src/disk/program.js';
import { type Host, SimulatedDisk, type SimulatedProcess } from '../src/sim/index.js';
import { FsCatalog } from '../src/stores/fs/fs-catalog.js';
import { modelEntry } from '../support/model-entry.js';

interface MachineWorld extends World {
  disk: SimulatedDisk;
  /** What three runs drew or left: two with one seed, and one with another. */
  runs: readonly (readonly string[])[];
  machine: readonly [SimulatedProcess, SimulatedProcess];
}

When(
  '{int} processes of {int} boots draw 16 bytes {int} times each, in two runs',
  function (this: MachineWorld, processes: number, boots: number, times: number) {
    this.runs = [1, 1, 2].map((seed) => draws(new SimulatedDisk({ seed }), { processes, boots, times }));
    expect(this.runs[0]).to.have.length(processes * boots * times);
  },
);

Then('both runs drew the same, and no two draws of a run are equal', function (this: MachineWorld) {
  const [first = [], second = []] = this.runs;
  expect(second).to.deep.equal(first);
  expect(new Set(first).size).to.equal(first.length);
});

Then('a machine with another seed draws none of them', function (this: MachineWorld) {
  const [first = [], , other = []] = this.runs;
  expect(other.filter((drawn) => first.includes(drawn))).to.deep.equal([]);
});

When('a catalog on a simulated disk takes three models, in two runs', async function (this: MachineWorld) {
  this.runs = [await catalogOn(1), await catalogOn(1), await catalogOn(2)];
});

Then('both disks hold the same', function (this: MachineWorld) {
  expect(this.runs[0]).to.have.length.above(5).and.to.deep.equal(this.runs[1]);
});

Then('a catalog on a machine with another seed holds other names', function (this: MachineWorld) {
  expect(this.runs[2]).to.have.lengthOf(this.runs[0]?.length ?? 0);
  expect(this.runs[2]).to.not.deep.equal(this.runs[0]);
});

Given('a simulated machine with two processes', function (this: MachineWorld) {
  this.disk = new SimulatedDisk({ root: ['/root'] });
  this.machine = [this.disk.process(), this.disk.process()];
});

Then(/^(.+) is "(alive|dead|cannot be told)" to others$/, function (this: MachineWorld, process: string, liveness: string) {
  const [first, second] = this.machine;
  const { owner, asker = second.host } = neighbours[process]?.(this.disk, first) ?? expect.fail(`who is ${process}?`);
  expect(asker.liveness({ ...owner.identity, since: '2026-01-02T03:04:05.678Z', token: 'token' })).to.equal(liveness);
});

/** Whose life is in question, and who asks unless it is the second process. */
const neighbours: Readonly<Record<string, (disk: SimulatedDisk, first: SimulatedProcess) => { owner: Host; asker?: Host }>> = {
  'the first': (_, first) => ({ owner: first.host }),
  'the first, killed': (_, first) => ({ owner: killed(first) }),
  'the first, killed, and another under its number': (disk, first) => {
    const owner = killed(first);
    disk.process({ pid: owner.identity.pid });
    return { owner };
  },
  'a new one under the number of the first, killed': (disk, first) => ({ owner: disk.process({ pid: killed(first).identity.pid }).host }),
  'the first, after a power cut': (disk, first) => ({ owner: first.host, asker: disk.crash().host }),
  'the first, after a fork': (disk, first) => ({ owner: first.host, asker: disk.fork().host }),
  "one with the first's number in another namespace": (disk, first) => ({
    owner: disk.process({ pid: first.host.identity.pid, namespace: 'pid:[2]' }).host,
  }),
  "one with the first's number on another host": (disk, first) => ({
    owner: disk.process({ pid: first.host.identity.pid, hostName: 'elsewhere' }).host,
  }),
};

Then('after a power cut, and in every state that one can leave, it is in another boot', function (this: MachineWorld) {
  const { boot_id } = this.disk.host.identity;
  runSync(close(runSync(createExclusive('/root/a', 0o600), this.disk)), this.disk);
  const after = [this.disk.crash(), ...[...this.disk.crashStates()].map(({ disk }) => disk)];
  expect(after).to.have.length(3);
  for (const disk of after) expect(disk.host.identity.boot_id).to.be.a('string').and.not.equal(boot_id);
  expect(after[0]?.crash().host.identity.boot_id).to.not.equal(after[0]?.host.identity.boot_id);
});

Then('in a fork it is in the same boot, with processes of other numbers', function (this: MachineWorld) {
  const before = [this.disk, ...this.machine].map(({ host }) => host.identity);
  const fork = this.disk.fork();
  for (const { identity } of [fork.host, fork.process().host]) {
    expect(identity.boot_id).to.equal(before[0]?.boot_id);
    expect(before.map(({ pid }) => pid)).to.not.include(identity.pid);
  }
});

function draws(disk: SimulatedDisk, { processes, boots, times }: { processes: number; boots: number; times: number }): string[] {
  const hosts = [disk.host, ...Array.from({ length: processes - 1 }, () => disk.process().host)];
  const drawn = hosts.flatMap(({ random }) => Array.from({ length: times }, () => Buffer.from(random(16)).toString('hex')));
  return boots === 1 ? drawn : [...drawn, ...draws(disk.crash(), { processes, boots: boots - 1, times })];
}

/** Every path with what it bears. */
async function catalogOn(seed: number): Promise<readonly string[]> {
  const disk = new SimulatedDisk({ root: ['/root'], seed });
  const catalog = await FsCatalog.open({ root: '/root/catalog', disk });
  for (const id of ['a', 'b', 'c']) await catalog.models.put(modelEntry(id));
  await catalog.close();
  return [...disk.snapshotTree()].map(
    ([path, entry]) => `${path} ${entry.type === 'file' ? new TextDecoder().decode(entry.bytes) : entry.type}`,
  );
}

function killed(process: SimulatedProcess): Host {
  process.kill();
  return process.host;
}
