/** How much a page may hold beside what the specification says itself. What has no room there is packed; what has none there either is counted. */
export interface Room {
  /** Letters of names of scenarios that can be read without scripts. */
  readonly names: number;
  /** Findings of each kind in the page, and of the others those that are packed, before the rest is counted. */
  readonly findings: number;
  readonly packedFindings: number;
  /** Letters of one line of explanation. */
  readonly line: number;
  /** Letters of one message or attachment of what is not green, of one that is, and of all of them together. */
  readonly failed: number;
  readonly passed: number;
  readonly all: number;
  /** Whether there is any for how long each step took; how long a scenario did always has it. */
  readonly stepTimes: boolean;
  /** Whether there is any for what stands in the rows of outlines and is given to steps; which rows there are, and how they ended, always has it. */
  readonly cells: boolean;
}

/** What a page should not be larger than, in bytes (CAT-TRC-5105). */
export const mostBytes: number = 396_000;

/** From the widest, but for names, which take what is left; a page takes the first in which it fits, and the last where it fits in none. */
export const rooms: readonly [Omit<Room, 'names'>, ...Omit<Room, 'names'>[]] = [
  { findings: 12, packedFindings: 5_000, line: 600, failed: 64_000, passed: 4_000, all: 4_000_000, stepTimes: true, cells: true },
  { findings: 10, packedFindings: 1_000, line: 400, failed: 16_000, passed: 4_000, all: 500_000, stepTimes: true, cells: true },
  { findings: 8, packedFindings: 500, line: 300, failed: 8_000, passed: 2_000, all: 250_000, stepTimes: true, cells: true },
  { findings: 6, packedFindings: 200, line: 200, failed: 4_000, passed: 1_000, all: 120_000, stepTimes: true, cells: true },
  { findings: 6, packedFindings: 100, line: 120, failed: 4_000, passed: 500, all: 60_000, stepTimes: true, cells: true },
  { findings: 3, packedFindings: 50, line: 60, failed: 1_000, passed: 0, all: 6_000, stepTimes: true, cells: true },
  { findings: 3, packedFindings: 50, line: 60, failed: 1_000, passed: 0, all: 6_000, stepTimes: false, cells: true },
  { findings: 3, packedFindings: 50, line: 60, failed: 1_000, passed: 0, all: 6_000, stepTimes: false, cells: false },
];
