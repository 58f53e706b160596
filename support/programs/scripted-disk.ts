import { createHash } from 'node:crypto';
import { CatalogError } from '../../src/core/errors.js';
import type { Liveness } from '../../src/core/lock-owner.js';
import { FailedSync } from '../../src/disk/failure.js';
import type { Host } from '../../src/disk/host.js';
import type { Disk } from '../../src/disk/program.js';
import { type DiskError, describeStep, type FileStat, type FileType, isDiskError, type Step } from '../../src/disk/steps.js';

/** A disk of which every answer was written down before: it notes what it is asked, and answers the next line. */
export class ScriptedDisk implements Disk {
  readonly asked: string[] = [];
  readonly host: ScriptedHost;
  readonly #answers: readonly string[];

  constructor(answers: readonly string[], host = new ScriptedHost()) {
    this.#answers = answers;
    this.host = host;
  }

  perform(step: Step): unknown {
    const answer = this.#answers[this.asked.length];
    this.asked.push(named(shownStep(step)));
    if (answer === undefined) throw new Error(`no answer was written down for ${shownStep(step)}`);
    const passing = /^([\d.]+) ms pass$/.exec(answer);
    if (passing !== null) {
      this.host.pass(Number(passing[1]));
      return undefined;
    }
    return answered(step, answer);
  }
}

const clockMs = Date.UTC(2026, 0, 1);
const identity = { pid: 7, host: 'here', command: 'test', boot_id: 'boot', pid_namespace: 'space' };
/** The one random byte from which a pause takes its length. */
const chance = 70;

/** A process of which everything was written down before; its tokens are those of the bytes 0, 1, 2. */
export class ScriptedHost implements Host {
  readonly clock = (): number => clockMs;
  readonly identity = { ...identity };
  readonly liveness: () => Liveness;
  readonly system;
  #passedMs = 0;
  #tokens = 0;

  constructor({ noFollow = true, liveness = 'alive' as Liveness } = {}) {
    this.liveness = () => liveness;
    this.system = { platform: 'linux', nodeVersion: '20', user: 1, noFollow, positionalReads: true };
  }

  readonly monotonicMs = (): number => this.#passedMs;
  readonly random = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(bytes === 1 ? chance : this.#tokens++);

  pass(ms: number): void {
    this.#passedMs += ms;
  }
}

const tokens = Array.from({ length: 9 }, (_, byte) => Buffer.alloc(16, byte).toString('base64url'));
const rightTo = (token: string): string => createHash('sha256').update(token).digest('base64url').slice(0, tokens[0]?.length);
const names = new Map([
  ...tokens.flatMap((token, place) => [[token, `T${place}`] as const, [rightTo(token), `right-to-T${place}`] as const]),
  [rightTo(''), 'right-to-nobody'],
]);

/** A text in which tokens bear the names that feature files give them. */
export function named(text: string): string {
  return [...names].reduce((sum, [token, name]) => sum.replaceAll(token, name), text);
}

const unnamed = (text: string): string => text.replace(/\bT(\d)\b/g, (_, place: string) => tokens[Number(place)] ?? '');

/** Everything that a step says, but for bytes of which there are many. */
export function shownStep(step: Step): string {
  return [describeStep(step), ...details(step)].join(' ');
}

const fewBytes = 8;

function details(step: Step): readonly string[] {
  switch (step.op) {
    case 'open':
      return [...(step.mode === undefined ? [] : [`mode ${step.mode.toString(8)}`]), ...(step.follow ? ['through links'] : [])];
    case 'make-directory':
      return [`mode ${step.mode.toString(8)}`];
    case 'write': {
      const text = Buffer.concat(step.chunks).toString();
      return [text.length > fewBytes ? shownRecord(text) : `"${text}"`, ...(step.behind ? ['behind'] : [])];
    }
    case 'read':
      return step.ahead ? [`then ${step.ahead.into.byteLength} at ${step.ahead.position}`] : [];
    case 'sync':
      return [...(step.dataOnly ? ['of its bytes'] : []), ...(step.ahead ? [`then ${step.ahead.map((one) => `#${one}`).join(', ')}`] : [])];
    case 'lock':
      return step.shared ? ['shared'] : [];
    case 'stat':
      return step.follow ? ['through links'] : [];
    case 'symlink':
    case 'read-link':
      return ['as a link'];
    case 'real-path':
      return ['without links'];
    case 'file-system':
      return ['as a file system'];
    default:
      return [];
  }
}

/** The record of an owner that a process writes, by its token where it says all that it has to; else as it is. */
function shownRecord(text: string): string {
  const [, token = ''] = /"token":"(.{22})"/.exec(text) ?? [];
  const since = new Date(clockMs).toISOString();
  return text === `${JSON.stringify({ ...identity, since, token })}\n` ? `the record of ${token}` : text;
}

/**
 * What a disk says: `#3`, `true`, `5` or `all` of the bytes, `"text"` or `the record of T5` that is read, `a, b` names,
 * `file of 4 on 1 with 2 names from 10 ms before`, `ENOENT`.
 */
function answered(step: Step, answer: string): unknown {
  if (/^E[A-Z0-9]{2,}$/.test(answer)) throw diskError(answer);
  if (step.op === 'list') return answer.split(', ');
  if (step.op === 'real-path' || step.op === 'read-link') return answer === 'nothing' ? undefined : answer;
  if (step.op === 'read') return filled(step.into, answer);
  if (step.op === 'write' && answer === 'all') return step.chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  if (answer === 'done' || answer === 'nothing') return undefined;
  if (answer === 'true' || answer === 'false') return answer === 'true';
  const number = /^#?(\d+)$/.exec(answer)?.[1];
  return number === undefined ? (statFrom(answer) ?? answer) : Number(number);
}

function filled(into: Uint8Array, answer: string): number {
  const owner = /^the record of (T\d)$/.exec(answer);
  const bytes = Buffer.from(owner === null ? (JSON.parse(answer) as string) : recordOf(owner[1]));
  into.set(bytes.subarray(0, into.byteLength));
  return Math.min(bytes.byteLength, into.byteLength);
}

/** The record of another owner of the same machine, that lies on the disk. */
function recordOf(token = ''): string {
  const owner = { ...identity, pid: 9, command: 'other', since: new Date(clockMs).toISOString(), token };
  return unnamed(JSON.stringify(owner));
}

function statFrom(answer: string): FileStat | undefined {
  const found = /^(file|directory|symlink|other)(?: of (\d+))?(?: on (\d+))?(?: with (\d+) names)?(?: from (\d+) ms before)?$/.exec(answer);
  if (found === null) return undefined;
  const [, type, size = '0', device = '1', links = '1', age = '0'] = found;
  const mtimeNs = BigInt(clockMs - Number(age)) * 1_000_000n;
  const fixed = { inode: 1n, allocated: 0, mode: 0o600, owner: 1, mtimeNs, ctimeNs: mtimeNs };
  return { ...fixed, type: type as FileType, size: Number(size), device: BigInt(device), links: Number(links) };
}

/** What a disk throws. */
export const diskError = (code: string): DiskError => Object.assign(new Error(`${code}: the disk said so`), { code });

/** What a program gave, as feature files say it. */
export function shownResult(result: unknown): string {
  if (result === undefined) return 'nothing';
  return named(result instanceof Uint8Array ? JSON.stringify(Buffer.from(result).toString()) : JSON.stringify(result));
}

/** What a program threw, as feature files say it. */
export function shownFailure(error: unknown): string {
  if (error instanceof FailedSync) return `a failed sync of a ${error.isOfFolder ? 'folder' : 'file'}: ${error.cause.code}`;
  if (error instanceof CatalogError) return named(`${error.code}: ${error.message}`);
  return isDiskError(error) ? error.code : String(error);
}
