import * as fingerprint from '../../disk/simulated/fingerprint.js';
import type { FileStat, Step } from '../../disk/steps.js';
import type { Outcome } from './actors.js';

/** Inode numbers by the order in which one actor met them: only whether two are equal may mean anything. */
export type Aliases = ReadonlyMap<number, number>;

/** Those that an actor may still know. */
export function keptAliases(aliases: Aliases, kept: ReadonlySet<bigint> | undefined): Aliases {
  if (kept === undefined || [...aliases.values()].every((alias) => kept.has(BigInt(alias)))) return aliases;
  return new Map([...aliases].filter(([, alias]) => kept.has(BigInt(alias))));
}

export function lowestFree(first: number, taken: Iterable<number>): number {
  const all = new Set(taken);
  let number = first;
  while (all.has(number)) number++;
  return number;
}

/**
 * The result of a step as an actor is told it, the same for states that it cannot tell apart: inodes by the order in which it
 * met them, names sorted, and a clock of the file system that stands still, as between two of its ticks.
 */
export function outcomeOf(step: Step, result: unknown, aliases: Aliases, learn: (aliases: Aliases) => void): Outcome {
  switch (step.op) {
    case 'open':
    case 'watch':
      return { key: `open ${result}`, value: result };
    case 'stat':
    case 'stat-handle':
      return result === undefined ? { key: 'absent', value: undefined } : statOutcome(result as FileStat, aliases, learn);
    case 'list': {
      const names = [...(result as readonly string[])].sort();
      return { key: names.join('/'), value: names };
    }
    case 'read': {
      const bytes = step.into.subarray(0, result as number);
      return { key: `${bytes.byteLength} ${fingerprint.ofChangingBytes(bytes)}`, value: result, bytes };
    }
    default:
      return { key: JSON.stringify(result) ?? 'done', value: result };
  }
}

function statOutcome(stat: FileStat, aliases: Aliases, learn: (aliases: Aliases) => void): Outcome {
  const number = Number(stat.inode);
  const alias = aliases.get(number) ?? lowestFree(1, aliases.values());
  if (!aliases.has(number)) learn(new Map([...aliases, [number, alias]]));
  const { type, size, mode, owner } = stat;
  return { key: `${type} ${alias} ${size} ${mode} ${owner}`, value: new ScheduledStat(stat, BigInt(alias)) };
}

/** A status without what differs between schedules that are otherwise alike. */
class ScheduledStat implements FileStat {
  readonly type: FileStat['type'];
  readonly device: bigint;
  readonly inode: bigint;
  readonly size: number;
  readonly allocated: number;
  readonly mode: number;
  readonly owner: number;
  readonly mtimeNs = BigInt(Date.UTC(2026, 0, 1)) * 1_000_000n;
  readonly ctimeNs = this.mtimeNs;
  readonly #links: number;

  constructor(stat: FileStat, inode: bigint) {
    this.type = stat.type;
    this.device = stat.device;
    this.inode = inode;
    this.size = stat.size;
    this.allocated = stat.allocated;
    this.mode = stat.mode;
    this.owner = stat.owner;
    this.#links = stat.links;
  }

  /** Telling it would tell apart all schedules in which others linked the file sooner or later; a lock is linked by nobody. */
  get links(): number {
    if (this.#links === 1) return 1;
    throw new Error('a schedule does not tell how many links a file has');
  }
}
