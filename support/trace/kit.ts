import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dirSync } from 'tmp-promise';
import { linesOf } from '../../src/trace/features.js';
import { MessageReader, type ReadRun } from '../../src/trace/messages.js';
import type { Result } from '../../src/trace/trace.js';
import { projectRoot } from '../checks/sources.js';
import { runCucumber } from './cucumber-run.js';

/** How samples of messages come about: a folder of `kit`, and what is said to Cucumber besides. */
const kinds = {
  'one after another': { folder: 'whole', words: [] },
  'by two workers': { folder: 'whole', words: ['--parallel', '2'] },
  'without running anything': { folder: 'whole', words: ['--dry-run'] },
  'with a feature that cannot be read': { folder: 'parse-error', words: [] },
  'with a hook that fails when all is done': { folder: 'run-hook', words: [] },
} as const;
export type Kind = keyof typeof kinds;

const ran = new Map<Kind, Promise<string>>();

/** The messages of a real run of the samples, each made once. */
export function messagesWhenRun(kind: Kind): Promise<string> {
  const made = ran.get(kind) ?? run(kind);
  ran.set(kind, made);
  return made;
}

async function run(kind: Kind): Promise<string> {
  const { folder, words } = kinds[kind];
  const temporary = dirSync({ prefix: 'catalog-core-kit-', unsafeCleanup: true });
  try {
    const path = join(temporary.name, 'messages.ndjson');
    const retry = ['--retry', '2', '--retry-tag-filter', '@again'];
    const { printed } = await runCucumber(join(projectRoot, 'support/trace/kit', folder), [
      ...['*.feature', '--import', '*.mjs', '--format', `message:${path}`, ...retry, ...words],
    ]);
    if (!existsSync(path)) throw new Error(`Cucumber wrote no messages: ${printed}`);
    return readFileSync(path, 'utf8');
  } finally {
    temporary.removeCallback();
  }
}

type Said = Record<string, unknown>;

/** What later versions of the protocol say besides, taken out: a place of a pickle, hooks of a run, workers, ids of the run, whether all was well. */
export function asOfOld(messages: string): string {
  return eachLine(messages, (envelope) => {
    const [[kind = '', said = {}] = []] = Object.entries(envelope);
    if (['testRunHookStarted', 'testRunHookFinished', 'suggestion'].includes(kind)) return [];
    const { location, workerId, testRunStartedId, success, willBeRetried, id, ...rest } = said;
    const isNamed = id !== undefined && kind !== 'testRunStarted';
    return [{ [kind]: { ...rest, ...(isNamed && { id }) } }];
  });
}

/** What later versions may say besides: a hook of the whole run that failed, an attachment elsewhere, and something that nobody knows yet. */
export function asOfLater(messages: string): string {
  const result = { status: 'FAILED', message: 'Error: the lights stay on\n at hooks', duration: { seconds: 0, nanos: 0 } };
  const elsewhere = (id: unknown) => ({
    externalAttachment: { url: 'https://example.org/a.png', mediaType: 'image/png', testCaseStartedId: id },
  });
  return eachLine(messages, (envelope) => [
    ...('testRunFinished' in envelope ? [{ testRunHookFinished: { testRunHookStartedId: 'h', result } }, { later: { id: '1' } }] : []),
    ...('testCaseFinished' in envelope ? [elsewhere(envelope.testCaseFinished?.testCaseStartedId)] : []),
    'testRunFinished' in envelope ? { testRunFinished: { ...envelope.testRunFinished, success: false } } : envelope,
  ]);
}

function eachLine(messages: string, change: (envelope: Record<string, Said>) => readonly Record<string, unknown>[]): string {
  const lines = messages.split('\n').filter((line) => line !== '');
  return lines.flatMap((line) => change(JSON.parse(line) as Record<string, Said>).map((envelope) => JSON.stringify(envelope))).join('\n');
}

export function readMessages(messages: string): ReadRun {
  const reader = new MessageReader({ id: 'kit', store: undefined, path: 'kit.ndjson' }, linesOf);
  for (const line of messages.split('\n')) reader.take(line);
  return reader.read();
}

/** What the reader says of the scenarios of one sample, in the order of their lines: `failed: passed failed`, and what is more. */
export function saidOf({ results }: ReadRun, sample: string): string {
  const own = results.filter(({ path }) => path === `${sample}.feature`).sort((a, b) => a.line - b.line);
  return own.map(({ result }) => saidOfOne(result)).join('; ');
}

function saidOfOne({ status, steps, attempts, message, attachments }: Result): string {
  const first = message?.split('\n').find((line) => line.trim() !== '' && !/^\w+( \[\w+\])?:?$/.test(line));
  return [
    `${status}: ${steps.map((step) => step.status).join(' ')}`.trim(),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...(first === undefined ? [] : [`because ${first}`]),
    ...attachments.map(
      ({ mediaType, name, text }) => `with ${mediaType}${name === undefined ? '' : ` ${name}`}${text === '' ? '' : ` '${text}'`}`,
    ),
  ].join(', ');
}
