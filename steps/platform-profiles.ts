import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { hasDuplicateMember } from '../src/core/duplicate-members.js';
import type { CatalogError } from '../src/core/errors.js';
import { admissionValues, evidenceValues } from '../src/core/platform.js';
import { fingerprintOf, formatProfile, type PlatformProfile, parseProfile, profileOf } from '../src/core/platform-profile.js';
import { SimulatedDisk } from '../src/disk/simulated-disk.js';
import { checkProfile } from '../src/platform/profile-file.js';
import { runCatalog, treeOf } from '../support/cli.js';
import { changed, decoded, edits, fixture, refingeredText, texts } from '../support/forged-profiles.js';
import { drawing } from '../support/journal-copies/piecewise.js';
import { whats } from '../support/opened-stores.js';
import {
  allEvidence,
  honest,
  isWhat,
  openFor,
  type PlatformWorld,
  place,
  plant,
  profilePath,
  summaryOf,
} from '../support/platform-world.js';

Then(/^the profile (\w+) is valid, and its fingerprint is (\d+)$/, (name: string, fingerprint: string) => {
  const text = readFileSync(fixture(name), 'utf8');
  const profile = valid(text);
  const { fingerprint_crc32, ...rest } = JSON.parse(text);
  expect([fingerprint_crc32, fingerprintOf(profile), crc32(JSON.stringify(rest))]).to.deep.equal(Array(3).fill(Number(fingerprint)));
  expect(formatProfile(profile)).to.equal(text);
});

Then(/^(.*) is a text in which (a|no) member stands twice$/, (text: string, whether: string) => {
  JSON.parse(text);
  expect(hasDuplicateMember(text)).to.equal(whether === 'a');
});

function valid(text: string): PlatformProfile {
  const parsed = parseProfile(text);
  if ('kind' in parsed) expect.fail(`${parsed.kind}: ${parsed.reason}`);
  return parsed;
}

Then('a profile in one line, in another order and with more members says the same', () => {
  const text = readFileSync(fixture('linux_basic'), 'utf8');
  const profile = valid(text);
  const { host, store_path, ...rest } = JSON.parse(text);
  const others = [
    JSON.stringify(JSON.parse(text)),
    JSON.stringify({ ...rest, store_path: Object.fromEntries(Object.entries(store_path).reverse()), host }),
    JSON.stringify({ note: 'made by hand', ...JSON.parse(text), host: { ...host, name: 'nobody knows' } }),
  ];
  for (const other of others) expect(valid(other)).to.deep.equal(profile);
});

Given(/^a profile that (?!of)(.+)$/, async function (this: PlatformWorld, how: string) {
  const folder = await this.folder();
  this.profile = `${folder}/./given.profile`;
  if (how === 'is missing') return;
  if (how === 'is a directory') return void mkdirSync(this.profile);
  const edit = edits[how];
  writeFileSync(this.profile, texts[how]?.() ?? JSON.stringify(edit?.(decoded()) ?? expect.fail(how)));
});

Then(/^of a profile that (.+?) it is told that (.*)$/, (how: string, reason: string) => {
  const text = texts[how]?.() ?? JSON.stringify(edits[how]?.(decoded()) ?? expect.fail(how));
  const judged = parseProfile(text.toString());
  expect('reason' in judged ? judged.reason : judged).to.equal(reason);
});

Given(
  /^(a FIFO that nobody writes to|a link to a device that has no end) in the place of a profile$/,
  async function (this: PlatformWorld, what: string) {
    this.profile = join(await this.folder(), 'given.profile');
    if (what.startsWith('a FIFO')) execFileSync('mkfifo', [this.profile]);
    else symlinkSync('/dev/zero', this.profile);
  },
);

Then(/^each store refuses it as PlatformProfileInvalid of kind (\w+)$/, async function (this: PlatformWorld, kind: string) {
  for (const what of whats) {
    const at = { place: join(await this.folder(), what), platformProfilePath: this.profile };
    await this.attempt(async () => void (await openFor(this, what, at)));
    const { code, details } = this.takeRefusal();
    expect([code, details]).to.deep.equal(['PlatformProfileInvalid', { path: this.profile, kind }]);
  }
});

Given(/^the profile (\w+)$/, async function (this: PlatformWorld, name: string) {
  this.profile = `${await this.folder()}/./${name}.profile`;
  writeFileSync(this.profile, readFileSync(fixture(name)));
});

When(/^each store is opened with it(, and with the probe)?$/, async function (this: PlatformWorld, probed: string | null) {
  const platformProbe = probed === null ? undefined : this.probe;
  this.observed = 0;
  const refusals: { path: string; error: CatalogError }[] = [];
  for (const what of whats) {
    for (const readOnly of [false, true]) {
      const at = {
        place: join(await this.folder(), readOnly ? `${what}, to be read` : what),
        readOnly,
        onOpen: () => void this.observed++,
      };
      // As in the seed the profile lies where the store is to be, where it can.
      const isInside = readOnly && statSync(this.profile, { throwIfNoEntry: false })?.isFile() === true;
      const path = isInside ? `${at.place}/./inside.profile` : this.profile;
      if (readOnly) mkdirSync(at.place, { mode: 0o700 });
      if (isInside) copyFileSync(this.profile, path);
      await this.attempt(async () => void (await openFor(this, what, { ...at, platformProbe, platformProfilePath: path })));
      refusals.push({ path, error: this.takeRefusal() });
      if (!isInside) continue;
      await this.attempt(
        async () => void (await openFor(this, what, { ...at, platformProbe, readOnly: false, platformProfilePath: path })),
      );
      refusals.push({ path, error: this.takeRefusal() });
    }
  }
  this.refusals = refusals;
});

Then(
  /^each refuses it as PlatformProfileInvalid of kind (\w+), with the path as it was given$/,
  function (this: PlatformWorld, kind: string) {
    for (const { path, error } of this.refusals)
      expect([error.code, error.details]).to.deep.equal(['PlatformProfileInvalid', { path, kind }]);
  },
);

Then('each refuses it as PlatformProfileMismatch, with the path as it was given and both sides', function (this: PlatformWorld) {
  const expected = valid(readFileSync(this.profile, 'utf8'));
  for (const { path, error } of this.refusals) {
    const observed = profileOf(summaryOf(honest));
    expect([error.code, error.details]).to.deep.equal(['PlatformProfileMismatch', { path, expected, observed }]);
    expect(error.message).to.include('mmap_index is "ObservedUnsupported", not "');
  }
});

Then(
  /^each refuses it as PlatformProfileMismatch, because (\w+) is (\w+) and not (\w+)$/,
  function (this: PlatformWorld, member: string, found: string, wanted: string) {
    for (const { path, error } of this.refusals) {
      expect([error.code, error.details.path]).to.deep.equal(['PlatformProfileMismatch', path]);
      expect(error.message).to.include(`store_path.${member} is "${found}", not "${wanted}"`);
    }
  },
);

Then('nothing came of it, and all open without it', async function (this: PlatformWorld) {
  expect(this.observed).to.equal(0);
  const folder = await this.folder();
  const before = await treeOf(folder);
  const profiles = Object.entries(before).filter(([path]) => path.endsWith('.profile'));
  for (const path of Object.keys(before)) {
    // The directories that were asked for, and a lock at most.
    const isProfile = profiles.some(([of]) => of === path);
    expect(isProfile || before[path] === 'directory' || before[path] === 'lock', path).to.equal(true);
    expect(path).to.not.match(/\.seg|generations|\.json|events/);
  }
  for (const what of whats) {
    for (const name of [what, `${what}, to be read`]) {
      const opened = await openFor(this, what, { place: join(folder, name) });
      await opened.write('one');
      expect(await opened.read()).to.deep.equal(['one']);
    }
  }
  const after = await treeOf(folder);
  for (const [path, bytes] of profiles) {
    expect(after[path]).to.equal(bytes);
    expect(bytes).to.equal(profiles[0]?.[1]);
  }
});

Then('each member of a profile that is changed, with what follows from it, makes it one of another machine', () => {
  const observed = summaryOf(honest);
  let [same, other] = [0, 0];
  for (const evidence of allEvidence()) {
    const differing = [
      evidence.host.monotonic_clock !== honest.host.monotonic_clock,
      ...Object.entries(honest.store_path).map(([name, value]) => evidence.store_path[name as keyof typeof honest.store_path] !== value),
    ].filter(Boolean).length;
    if (differing > 1) continue;
    const profile = profileOf(summaryOf(evidence));
    if (differing === 0) {
      checkProfile('a.profile', profile, observed);
      same += 1;
    } else {
      expect(() => checkProfile('a.profile', profile, observed)).to.throw('a.profile is of another machine');
      other += 1;
    }
  }
  expect([same, other]).to.deep.equal([1, 2 + 3 + 3 + 4 + 3 + 3 + 3]);
});

When(
  /^(a journal|a catalog of files|a catalog with journal) is opened with it on this machine$/,
  async function (this: PlatformWorld, what: string) {
    this.opened = await openFor(this, isWhat(what), { place: await this.root(), platformProfilePath: this.profile });
  },
);

Then('it is written to and read', async function (this: PlatformWorld) {
  await this.opened.write('one');
  expect(await this.opened.read()).to.deep.equal(['one']);
});

Then('each store opens with a platformProfilePath that is undefined', async function (this: PlatformWorld) {
  for (const what of whats) {
    const cleared = { ...{ platformProfilePath: this.profile }, ...{ platformProfilePath: undefined } };
    const opened = await openFor(this, what, { place: join(await this.folder(), what), ...cleared });
    await opened.write('one');
    expect(await opened.read()).to.deep.equal(['one']);
  }
});

Then('each store opens with both', async function (this: PlatformWorld) {
  for (const what of whats) {
    const given = { platformProfilePath: this.profile, platformProbe: this.probe };
    const opened = await openFor(this, what, { place: join(await this.folder(), what), ...given });
    await opened.write('one');
    expect(await opened.read()).to.deep.equal(['one']);
  }
});

Given('a profile of a machine on which nothing is there yet', function (this: PlatformWorld) {
  const absent = {
    path_status: 'UnknownMissing',
    parent_dir_sync: 'Unknown',
    mmap_index: 'Unknown',
    sealed_segment_mmap: 'Unknown',
  } as const;
  this.disk = new SimulatedDisk();
  plant(this.disk, profilePath, formatProfile(profileOf(summaryOf({ ...honest, store_path: { ...honest.store_path, ...absent } }))));
});

When(
  /^(a catalog of files|a catalog with journal) that is missing is opened with it to be read$/,
  async function (this: PlatformWorld, what: string) {
    this.opened = await openFor(this, isWhat(what), { place, disk: this.disk, platformProfilePath: profilePath, readOnly: true });
  },
);

Then('it opens, and nothing is made', async function (this: PlatformWorld) {
  expect(await this.opened.read()).to.deep.equal([]);
  expect(this.disk.perform({ op: 'list', kind: 'List', path: '/' })).to.deep.equal(['profile.json']);
});

When('`catalog platform --write-profile` is asked for a file', async function (this: PlatformWorld) {
  const [root, cwd] = [await this.root(), await this.folder()];
  this.ran = await runCatalog(['platform', '--write-profile', 'this.profile', '--root', root], { cwd });
  this.profile = join(cwd, 'this.profile');
  expect(this.ran).to.include({ exitCode: 0, stderr: `the profile is in ${this.profile}\n` });
});

Then('that file is the profile mmap_unavailable but for blanks, and only its owner may write it', function (this: PlatformWorld) {
  expect(readFileSync(this.profile, 'utf8')).to.equal(readFileSync(fixture('mmap_unavailable'), 'utf8'));
  expect(statSync(this.profile).mode & 0o777).to.equal(0o600);
  const lines = this.ran.stdout.trimEnd().split('\n');
  expect(lines).to.include.members(['store_path', '  parent_dir_sync               UnixFsync', 'admission', 'facts']);
  expect(lines.at(-1)).to.match(/^fingerprint_crc32 +1810418857$/);
});

Then('`catalog ls --platform-profile` with it exits with 0', async function (this: PlatformWorld) {
  const [root, cwd] = [await this.root(), await this.folder()];
  expect(await runCatalog(['ls', '--platform-profile', this.profile, '--root', root], { cwd })).to.include({
    exitCode: 0,
    stderr: 'no models yet; `catalog add <file>` brings one in\n',
  });
});

Then('with the profile linux_basic it exits with 6 and tells what differs', async function (this: PlatformWorld) {
  const [root, cwd] = [await this.root(), await this.folder()];
  const { exitCode, stderr } = await runCatalog(['ls', '--platform-profile', fixture('linux_basic'), '--root', root], { cwd });
  expect(exitCode).to.equal(6);
  expect(stderr).to.include('store_path.mmap_index is "ObservedUnsupported", not "FileBacked"').and.to.include('hint: ');
});

Then('no profile is written of a root that is missing', async function (this: PlatformWorld) {
  const cwd = await this.folder();
  const { exitCode, stderr } = await runCatalog(['platform', '--write-profile', 'other.profile', '--root', join(cwd, 'nowhere')], { cwd });
  expect(exitCode).to.equal(3);
  expect(stderr).to.include('hint: ');
  expect(() => statSync(join(cwd, 'other.profile'))).to.throw('ENOENT');
  expect(() => statSync(join(cwd, 'nowhere'))).to.throw('ENOENT');
});

const kinds = new Set([
  'DecodeJson',
  'UnsupportedSchemaVersion',
  'FingerprintMismatch',
  'InconsistentLockAdmission',
  'InconsistentParentDirSyncAdmission',
  'InconsistentMmapPath',
  'InconsistentMmapAdmission',
]);

Then(
  /^(\d+) profiles that were changed at random are valid or have a kind, in good time$/,
  { timeout: 900_000 },
  function (this: PlatformWorld, count: string) {
    const draw = drawing(41);
    const seen = new Map<string, number>();
    const words = [
      ...Object.values(evidenceValues).flat(),
      ...Object.values(admissionValues).flat(),
      '__proto__',
      'constructor',
      '{',
      '}',
      '[',
      '"',
      '1e999',
    ];
    const names = ['linux_basic', 'mmap_unavailable', 'non_unix_best_effort_lock', 'profile_mismatch'].map((name) =>
      readFileSync(fixture(name), 'utf8'),
    );
    const before = Object.getOwnPropertyNames(Object.prototype).length;
    for (let nth = 0; nth < Number(count); nth++) {
      let text = names[draw(names.length)] ?? '';
      for (let changes = 1 + draw(3); changes > 0; changes--) text = changed(text, words, draw);
      // So that what is behind the fingerprint is met as well.
      const parsed = parseProfile(draw(2) === 0 ? text : refingeredText(text));
      const kind = 'kind' in parsed ? parsed.kind : 'valid';
      if (kind !== 'valid') expect(kinds, text).to.include(kind);
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }
    expect(Object.getOwnPropertyNames(Object.prototype).length).to.equal(before);
    this.log(JSON.stringify(Object.fromEntries(seen)));
    expect([...seen.keys()]).to.include.members(['valid', ...kinds]);
  },
);

Then('where it cannot be written that is told by exit code 7', async function (this: PlatformWorld) {
  const [root, cwd] = [await this.root(), await this.folder()];
  const { exitCode, stderr } = await runCatalog(['platform', '--write-profile', 'no/such/folder/a.profile', '--root', root], { cwd });
  expect(exitCode).to.equal(7);
  expect(stderr).to.match(/^catalog: could not write the profile .*ENOENT.*\nhint: /);
});
