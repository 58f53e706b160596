import { randomFillSync } from 'node:crypto';
import { constants, readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Liveness, LockOwner } from '../core/lock-owner.js';
import type { ProcessIdentity, SystemFacts } from './host.js';
import { isDiskError } from './steps.js';

let known: ProcessIdentity | undefined;

/** Who this process is: on Linux with boot, namespace of process ids and start, which together no other process ever has. */
export function thisProcess(): ProcessIdentity {
  known ??= {
    pid: process.pid,
    host: hostname(),
    command: process.argv.slice(0, 2).join(' '),
    boot_id: firstLine('/proc/sys/kernel/random/boot_id'),
    pid_namespace: linkTarget('/proc/self/ns/pid'),
    process_start: processStart('self'),
  };
  return known;
}

const drawnBytes = 4096;
let drawn = Buffer.alloc(0);

/** Bytes that nobody can predict. Many are drawn at once: what costs is the asking. */
export function randomBytes(count: number): Uint8Array {
  if (count > drawn.byteLength) drawn = randomFillSync(Buffer.allocUnsafeSlow(Math.max(count, drawnBytes)));
  const taken = drawn.subarray(0, count);
  drawn = drawn.subarray(count);
  return taken;
}

/** On Windows nothing is known of links, and a file has one position. */
export function thisSystem(): SystemFacts {
  return {
    platform: process.platform,
    nodeVersion: process.version,
    user: process.geteuid?.(),
    noFollow: constants.O_NOFOLLOW !== undefined,
    positionalReads: process.platform !== 'win32',
  };
}

/** Whether the owner of a lock lives, as this process sees it; the caller knows whether the two count processes alike. */
export function livenessOf(owner: LockOwner): Liveness {
  if (owner.process_start === undefined || thisProcess().process_start === undefined) return 'cannot be told';
  return processStart(String(owner.pid)) === owner.process_start ? 'alive' : 'dead';
}

/** The start of a process in ticks since boot: the 22nd member of its status, counted after its name, which may hold anything. */
function processStart(pid: string): string | undefined {
  const status = firstLine(`/proc/${pid}/stat`);
  return status?.slice(status.lastIndexOf(')') + 2).split(' ')[19];
}

function firstLine(path: string): string | undefined {
  return unlessAbsent(() => readFileSync(path, 'utf8').split('\n')[0]);
}

function linkTarget(path: string): string | undefined {
  return unlessAbsent(() => readlinkSync(path));
}

function unlessAbsent<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (isDiskError(error)) return undefined;
    throw error;
  }
}
