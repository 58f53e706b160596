import type { Catalog } from '../catalog.js';
import { type CatalogError, isCatalogError, refusal } from '../core/errors.js';
import type { FailureReason, VerificationOutcome } from '../core/verification.js';
import type { VerifyAllOptions, VerifyReport } from '../verify-all.js';
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

const what = `
The outcome is recorded with the model: what fails is Failed until it is verified again. With --read-only it is told, and nothing is recorded: so
can a copy of a catalog be checked that is on a disk that cannot be written.`;

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
      .addHelpText('after', what)
      .addHelpText('after', examples('catalog verify tinyllama', 'catalog verify tinyllama --quick', 'catalog verify --all --read-only'));
  },
  async run(session, [id], flags) {
    checkArguments(id, flags);
    try {
      return await (id === undefined ? verifiedAll(session, flags) : verifiedOne(session, id, flags));
    } catch (error) {
      throw isCatalogError(error, 'ReadOnly') || isCatalogError(error, 'PermissionDenied') ? notRecorded(error) : error;
    }
  },
};

function checkArguments(id: string | undefined, { all = false, expected, resume }: VerifyFlags): void {
  if ((id === undefined) !== all) throw refusal('InvalidArgument', 'verify takes the id of a model, or --all');
  if (all && expected !== undefined) throw refusal('InvalidArgument', '--expected is for one model, not for --all');
  if (!all && resume !== undefined) throw refusal('InvalidArgument', '--resume is for --all');
}

/** What a file of a model forbids is an outcome: it is the record that could not be written. */
function notRecorded({ code, message, details }: CatalogError): CliRefusal {
  return new CliRefusal(code, message, 'say --read-only: then the outcome is told, and nothing is recorded', details);
}

async function verifiedOne({ catalog, signal, onProgress }: Session, id: string, { expected, quick }: VerifyFlags): Promise<Result> {
  const outcome = await catalog.verify(id, { expected, quick, onProgress, signal });
  const isBad = outcome.kind === 'fail';
  return {
    document: { id, outcome },
    ids: [id],
    lines: (screen) => [outcomeLine(id, outcome, screen)],
    exitCode: isBad ? 1 : 0,
    hint: isBad ? await nextStep(catalog, id, outcome) : undefined,
  };
}

/** Content that is what was recorded, and not what the caller expected, is none to fetch again. */
async function nextStep(catalog: Catalog, id: string, { reason = 'mismatch', actual }: VerificationOutcome): Promise<string> {
  const entry = await catalog.get(id);
  const isRecorded = actual !== undefined && [entry?.digest, entry?.declared].includes(actual);
  if (reason !== 'mismatch' || !isRecorded) return nextSteps[reason];
  return `its content is what was recorded: check the digest that is expected; \`catalog verify ${id}\` without one takes it for good again`;
}

async function verifiedAll({ catalog, options, signal, onProgress }: Session, { quick, resume }: VerifyFlags): Promise<Result> {
  const since = resume === true ? new Date(Date.now() - dayMs).toISOString() : resume;
  const onOutcome = toldAsKnown(options);
  const report = await catalog.verifyAll({ quick, resume: since, onOutcome, onProgress, signal });
  const failures = report.entries.filter(({ outcome }) => outcome.kind === 'fail');
  return {
    document: { report },
    ids: failures.map(({ id }) => id),
    lines: (screen) => [...(onOutcome ? [] : outcomeLines(report, screen)), sumLine(report)],
    exitCode: failures.length > 0 ? 1 : 0,
    hint: failures.length > 0 ? '`catalog verify <id>` tells what to do about one of them' : undefined,
    refusal: report.complete ? undefined : interruption(report),
  };
}

function interruption({ entries, resume }: VerifyReport): CliRefusal {
  const hint =
    resume === undefined
      ? 'nothing was recorded (--read-only): begin again'
      : `go on with \`catalog verify --all --resume ${resume}\`; what was verified is recorded`;
  const details = resume === undefined ? {} : { resume };
  return new CliRefusal('Aborted', `the verification was interrupted after ${entries.length} models`, hint, details);
}

function isUnchanged({ method, kind }: VerificationOutcome): boolean {
  return method === 'quick' && kind !== 'fail';
}

/** Who reads a file or a pipe needs not wait for the end; a terminal has the bar meanwhile. */
function toldAsKnown({ json, quiet }: Session['options']): VerifyAllOptions['onOutcome'] {
  if (json || quiet || process.stdout.isTTY) return undefined;
  const screen = { isTerminal: false, color: false, columns: undefined };
  return (id, outcome) => {
    if (!isUnchanged(outcome)) process.stdout.write(`${outcomeLine(id, outcome, screen)}\n`);
  };
}

/** What was unchanged is in the sum alone. */
function outcomeLines({ entries }: VerifyReport, screen: Screen): string[] {
  return entries.filter(({ outcome }) => !isUnchanged(outcome)).map(({ id, outcome }) => outcomeLine(id, outcome, screen));
}

function sumLine({ checked, passed, warned, failed, skipped, bytes, duration_ms }: VerifyReport): string {
  const seconds = duration_ms / 1000;
  const rate = seconds > 0 ? `  ${sizeText(Math.round(bytes / seconds))}/s` : '';
  return `${checked} verified: ${passed} passed, ${warned} warned, ${failed} failed; ${skipped} skipped  ${sizeText(bytes)}  ${seconds.toFixed(1)} s${rate}`;
}
