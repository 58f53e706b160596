import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadStore } from './stores/loading.mjs';
import { entry } from './values.mjs';

/** On the disk that the checkout is on: the folder for temporary files is memory on some machines, which syncs nothing. */
const work = fileURLToPath(new URL('../work/', import.meta.url));

/** What experiments share: folders that are gone afterwards, and how much there is to do. */
export class Context {
  #next = 0;

  constructor({ isQuick, blocks }) {
    this.isQuick = isQuick;
    /** How many of them instead of as many as experiments say. */
    this.blocks = blocks;
    fs.mkdirSync(work, { recursive: true, mode: 0o700 });
    for (const name of fs.readdirSync(work)) if (!isAlive(Number(name))) this.remove(join(work, name));
    this.root = join(work, String(process.pid));
    fs.mkdirSync(this.root, { mode: 0o700 });
  }

  folder() {
    const path = join(this.root, String(++this.#next));
    fs.mkdirSync(path, { mode: 0o700 });
    return path;
  }

  remove(path) {
    fs.rmSync(path, { recursive: true, force: true });
  }

  close() {
    this.remove(this.root);
    if (fs.readdirSync(work).length === 0) fs.rmdirSync(work);
  }

  /** A store in a folder of its own with so many records; `close` takes it and its folder away. */
  async filled(name, count) {
    const folder = this.folder();
    const opened = await (await loadStore(name)).open(folder);
    await fill(opened, count);
    return { ...opened, folder };
  }
}

/** What a run that was interrupted left is nobody's. */
function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

async function fill(store, count) {
  for (let from = 0; from < count; from += 10_000) {
    await store.putAll(Array.from({ length: Math.min(10_000, count - from) }, (_, place) => entry(from + place)));
  }
}

export function machine(root) {
  const [{ model = 'unknown' } = {}] = os.cpus();
  return {
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    processor: model.trim(),
    cores: os.availableParallelism(),
    memory_bytes: os.totalmem(),
    load: os.loadavg()[0],
    file_system: fileSystemOf(root),
    node: process.version,
    openssl: process.versions.openssl,
  };
}

const fileSystems = { 0xef53: 'ext4', 0x9123683e: 'btrfs', 0x58465342: 'xfs', 0x01021994: 'tmpfs (memory: nothing there is durable)', 0x794c7630: 'overlay' };

function fileSystemOf(root) {
  const { type } = fs.statfsSync(root);
  return fileSystems[type] ?? `0x${type.toString(16)}`;
}

export function hasProgram(name) {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${name}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export function versionsOfPeers() {
  const { devDependencies } = JSON.parse(fs.readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return Object.fromEntries(Object.keys(devDependencies).map((name) => [name, versionOf(name)]));
}

function versionOf(name) {
  return JSON.parse(fs.readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;
}
