import { refusal } from '../core/errors.js';
import type { FailureReason, VerificationOutcome } from '../core/verification.js';
import type { VerifyReport } from '../verify-all.js';
import { CliRefusal } from './hints.js';
import { examples } from './options.js';
import type { Result } from './output.js';
import { outcomeLine, type Screen, sizeText } from './render.js';
import type { Session, Verb } from './run.js';

interface VerifyFlags {
  readonly expected?: string;
  readonly quick?: boolean;
  readonly all?: boolean;
  readonly resume?: string | true;
}

const nextSteps: Readonly<Record<FailureReason, string>> = {
  mismatch: 'do not use it; fetch it again and add it with `catalog add`, or check the digest that is expected',
  truncated: 'do not use it; fetch it again and add it with `catalog add`',
  missing: 'bring its files with `catalog add`, or remove it with `catalog rm`',
  unreadable: 'check owner and mode of its files, and the disk',
  'changed-during-verification': 'wait until nobody writes to it, and verify it again',
};

const dayMs = 24 * 60 * 60 * 1000;

export const verify: Verb<VerifyFlags> = {
  heedsSignal: true,
  declare(command) {
    command
      .argument('[id]')
      .option('--all', 'verify every model that has files, as many at a time as there are cores')
      .option('--expected <digest>', 'what the content must be; by default what is recorded')
      .option('--quick', 'take a file that has not changed since it was verified for good')
      .option('--resume [moment]', 'with --all: leave out what was found good since then, as an interrupted run says (default: one day)')
      .addHelpText('after', examples('catalog verify tinyllama', 'catalog verify tinyllama --quick', 'catalog verify --all --json'));
  },
  async run(session, [id], flags) {
    checkArguments(id, flags);
    return id === undefined ? verifiedAll(session, flags) : verifiedOne(session, id, flags);
  },
};

function checkArguments(id: string | undefined, { all = false, expected, resume }: VerifyFlags): void {
  if ((id === undefined) !== all) throw refusal('InvalidArgument', 'verify takes the id of a model, or --all');
  if (all && expected !== undefined) throw refusal('InvalidArgument', '--expected is for one model, not for --all');
  if (!all && resume !== undefined) throw refusal('InvalidArgument', '--resume is for --all');
}

async function verifiedOne({ catalog, signal, onProgress }: Session, id: string, { expected, quick }: VerifyFlags): Promise<Result> {
  const outcome = await catalog.verify(id, { expected, quick, onProgress, signal });
  const isBad = outcome.kind === 'fail';
  return {
    document: { id, outcome },
    ids: [id],
    lines: (screen) => [outcomeLine(id, outcome, screen)],
    exitCode: isBad ? 1 : 0,
    hint: isBad ? nextSteps[outcome.reason ?? 'mismatch'] : undefined,
  };
}

async function verifiedAll({ catalog, signal, onProgress }: Session, { quick, resume }: VerifyFlags): Promise<Result> {
  const since = resume === true ? new Date(Date.now() - dayMs).toISOString() : resume;
  const report = await catalog.verifyAll({ quick, resume: since, onProgress, signal });
  const failures = report.entries.filter(({ outcome }) => outcome.kind === 'fail');
  return {
    document: { report },
    ids: failures.map(({ id }) => id),
    lines: (screen) => reportLines(report, screen),
    exitCode: failures.length > 0 ? 1 : 0,
    hint: failures.length > 0 ? '`catalog verify <id>` tells what to do about one of them' : undefined,
    refusal: report.complete ? undefined : interruption(report),
  };
}

function interruption({ entries, resume }: VerifyReport): CliRefusal {
  const hint = `go on with \`catalog verify --all --resume ${resume}\`; what was verified is recorded`;
  return new CliRefusal('Aborted', `the verification was interrupted after ${entries.length} models`, hint, { resume });
}

function isUnchanged({ method, kind }: VerificationOutcome): boolean {
  return method === 'quick' && kind !== 'fail';
}

/** What was unchanged is in the sum alone. */
function reportLines({ entries, ...sums }: VerifyReport, screen: Screen): string[] {
  const { checked, passed, warned, failed, skipped, bytes, duration_ms } = sums;
  const seconds = duration_ms / 1000;
  const rate = seconds > 0 ? `  ${sizeText(Math.round(bytes / seconds))}/s` : '';
  return [
    ...entries.filter(({ outcome }) => !isUnchanged(outcome)).map(({ id, outcome }) => outcomeLine(id, outcome, screen)),
    `${checked} verified: ${passed} passed, ${warned} warned, ${failed} failed; ${skipped} skipped  ${sizeText(bytes)}  ${seconds.toFixed(1)} s${rate}`,
  ];
}
