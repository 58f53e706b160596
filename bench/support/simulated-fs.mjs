import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { run, runSync } from '../../dist/sim/index.js';
import { isOurs, programs } from './fs-programs.mjs';

/** All paths below this are on the simulated disk. */
export const mount = '/simulated';

const isSimulated = (target) => isOurs(target) || (typeof target === 'string' && target.startsWith(mount));
const results = { write: (args) => args.slice(1, 2), read: (args) => args.slice(1, 2), writev: (args) => args.slice(1, 2) };

let disk;

/** From now on the functions of node:fs act on this disk. */
export function useDisk(given) {
  disk = given;
}

/** For those that are handed their disk. */
export const currentDisk = () => disk;

/**
 * Replaces the functions of node:fs and node:fs/promises in this process, before a package that takes them is imported. What no
 * experiment needs is refused on the simulated disk, so that nothing is taken for done. Real paths stay real.
 */
export function installSimulatedFs() {
  for (const name of Object.keys(fs)) if (typeof fs[name] === 'function' && /^[a-z]/.test(name)) fs[name] = guarded(fs[name], name);
  for (const name of Object.keys(fs.promises)) if (typeof fs.promises[name] === 'function') fs.promises[name] = guarded(fs.promises[name], name);
  for (const [name, program] of Object.entries(programs)) {
    fs[name] = withCallback(fs[name], name, program);
    fs[`${name}Sync`] = synchronous(fs[`${name}Sync`], program);
    if (name in fs.promises && name !== 'open') fs.promises[name] = promised(fs.promises[name], program);
  }
  const exists = fs.existsSync;
  fs.existsSync = (path) => (isSimulated(path) ? fs.statSync(path, { throwIfNoEntry: false }) !== undefined : exists(path));
  syncBuiltinESMExports();
}

function guarded(real, name) {
  return Object.assign(function (target, ...rest) {
    if (isSimulated(target)) throw new Error(`the simulated file system has no ${name}`);
    return Reflect.apply(real, this, [target, ...rest]);
  }, real);
}

function withCallback(real, name, program) {
  return Object.assign(function (...args) {
    if (!isSimulated(args[0])) return Reflect.apply(real, this, args);
    const [callback, given] = [args.at(-1), args.slice(0, -1)];
    const more = results[name]?.(given) ?? [];
    run(program(...given), disk).then(
      (result) => process.nextTick(callback, null, result, ...more),
      (error) => process.nextTick(callback, error),
    );
  }, real);
}

function synchronous(real, program) {
  return Object.assign((...args) => (isSimulated(args[0]) ? runSync(program(...args), disk) : real(...args)), real);
}

function promised(real, program) {
  return (...args) => (isSimulated(args[0]) ? run(program(...args), disk) : real(...args));
}
