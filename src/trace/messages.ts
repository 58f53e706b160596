import type {
  Attachment,
  Duration,
  Envelope,
  ExternalAttachment,
  GherkinDocument,
  Meta,
  Pickle,
  StepDefinition,
  TestCase,
  TestCaseStarted,
  TestRunFinished,
  TestStepFinished,
} from '@cucumber/messages';
import { lackOf } from './message-form.js';
import type { Place, Result, Run } from './trace.js';
import { sha256, withoutMark } from './words.js';

/** What one file of Cucumber messages tells. */
export interface ReadRun {
  readonly run: Run;
  /** Whether it only tells what there is to run, as a dry run does. */
  readonly isPlan?: boolean;
  /** Of the feature files as they were then. */
  readonly sources: ReadonlyMap<string, string>;
  readonly results: readonly { readonly path: string; readonly line: number; readonly name: string; readonly result: Result }[];
  /** What was to run, whether it did or not. */
  readonly planned: readonly { readonly path: string; readonly line: number }[];
  readonly definitions: readonly { readonly place: Place; readonly pattern: string; readonly isUsed: boolean }[];
  /** Whether the run ended by itself, and said that all was well; what it said of itself where not. */
  readonly ended: 'well' | 'badly' | 'before its time';
  /** What a hook of the whole run, or the run itself, said that failed. */
  readonly why?: string | undefined;
}

interface Attempt {
  readonly started: TestCaseStarted;
  readonly steps: Map<string, TestStepFinished['testStepResult']>;
  readonly attachments: Result['attachments'][number][];
  isFinished: boolean;
}

const statusOf = {
  PASSED: 'passed',
  FAILED: 'failed',
  SKIPPED: 'skipped',
  PENDING: 'pending',
  UNDEFINED: 'undefined',
  AMBIGUOUS: 'ambiguous',
  UNKNOWN: 'failed',
} as const;
/** What comes first is what a scenario is, when one of its steps is that. */
const gravest = ['failed', 'ambiguous', 'undefined', 'pending', 'skipped', 'passed'] as const;

/**
 * Reads Cucumber messages line by line, so that a file of any size takes no more memory than what it tells. A retried scenario is one
 * result with the number of its attempts; one that was begun and never ended has failed. What it does not know it passes over.
 */
export class MessageReader {
  readonly #about: Pick<Run, 'id' | 'store' | 'path'>;
  readonly #sources = new Map<string, string>();
  readonly #lines = new Map<string, number>();
  readonly #pickles = new Map<string, Pickle>();
  readonly #cases = new Map<string, TestCase>();
  readonly #attempts = new Map<string, Attempt>();
  readonly #byCase = new Map<string, Attempt[]>();
  readonly #definitions = new Map<string, StepDefinition>();
  readonly #used = new Set<string>();
  readonly #linesOf: (document: GherkinDocument) => ReadonlyMap<string, number>;
  #meta: Meta | undefined;
  #startedAt = '';
  #ended: ReadRun['ended'] = 'before its time';
  #why: string | undefined;

  constructor(about: Pick<Run, 'id' | 'store' | 'path'>, linesOf: (document: GherkinDocument) => ReadonlyMap<string, number>) {
    this.#about = about;
    this.#linesOf = linesOf;
  }

  /** Takes one line; throws SyntaxError where it is not JSON, or no message. */
  take(line: string): void {
    // The greatest part of a stream, and nothing that is not told when the step is finished.
    if (line === '' || line.startsWith('{"testStepStarted"')) return;
    const found: unknown = JSON.parse(line);
    const lack = lackOf(found);
    if (lack !== undefined) throw new SyntaxError(lack);
    try {
      this.#hear(found as Envelope);
    } catch (error) {
      // What is deeper in it than anybody looked before, as in the tree of a feature.
      if (error instanceof TypeError || error instanceof RangeError) throw new SyntaxError(error.message);
      throw error;
    }
  }

  read(): ReadRun {
    const planned = [...this.#cases.values()].flatMap(({ pickleId }) => this.#placeOf(pickleId));
    return {
      run: this.#run(),
      sources: this.#sources,
      results: [...this.#byCase].flatMap(([id, attempts]) => this.#resultOf(id, attempts)),
      planned: planned.map(({ path, line }) => ({ path, line })),
      definitions: [...this.#definitions.values()].map((definition) => this.#definitionOf(definition)),
      ended: this.#ended,
      why: this.#why,
    };
  }

  #hear(envelope: Envelope): void {
    const { meta, source, gherkinDocument, pickle, testCase, stepDefinition, attachment, externalAttachment } = envelope;
    const { testRunStarted, testCaseStarted, testStepFinished, testCaseFinished, testRunHookFinished, testRunFinished } = envelope;
    if (meta) this.#meta = meta;
    if (source) this.#sources.set(slashed(source.uri), sha256(withoutMark(source.data)));
    if (gherkinDocument) for (const [id, line] of this.#linesOf(gherkinDocument)) this.#lines.set(id, line);
    if (pickle) this.#pickles.set(pickle.id, pickle);
    if (stepDefinition) this.#definitions.set(stepDefinition.id, stepDefinition);
    if (testCase) this.#plan(testCase);
    if (testRunStarted) this.#startedAt = isoOf(testRunStarted.timestamp);
    if (testCaseStarted) this.#begin(testCaseStarted);
    if (testStepFinished)
      this.#attempts.get(testStepFinished.testCaseStartedId)?.steps.set(testStepFinished.testStepId, testStepFinished.testStepResult);
    if (attachment?.testCaseStartedId) this.#attach(attachment.testCaseStartedId, attached(attachment));
    if (externalAttachment?.testCaseStartedId) this.#attach(externalAttachment.testCaseStartedId, asLink(externalAttachment));
    if (testCaseFinished) this.#finish(testCaseFinished.testCaseStartedId);
    if (testRunHookFinished?.result.status === 'FAILED') this.#why ??= testRunHookFinished.result.message;
    if (testRunFinished) this.#end(testRunFinished);
  }

  /** Older messages do not say whether all was well: then the scenarios do. */
  #end({ success, message }: Partial<TestRunFinished>): void {
    this.#ended = success === false ? 'badly' : 'well';
    this.#why ??= message;
  }

  #plan(testCase: TestCase): void {
    this.#cases.set(testCase.id, testCase);
    for (const { stepDefinitionIds = [] } of testCase.testSteps) for (const id of stepDefinitionIds) this.#used.add(id);
  }

  #begin(started: TestCaseStarted): void {
    const attempt: Attempt = { started, steps: new Map(), attachments: [], isFinished: false };
    this.#attempts.set(started.id, attempt);
    this.#byCase.set(started.testCaseId, [...(this.#byCase.get(started.testCaseId) ?? []), attempt]);
  }

  #attach(id: string, attachment: Result['attachments'][number]): void {
    this.#attempts.get(id)?.attachments.push(attachment);
  }

  #finish(id: string): void {
    const attempt = this.#attempts.get(id);
    if (attempt !== undefined) attempt.isFinished = true;
  }

  #resultOf(caseId: string, attempts: readonly Attempt[]): ReadRun['results'] {
    const testCase = this.#cases.get(caseId);
    const last = attempts.reduce((one, other) => (other.started.attempt >= one.started.attempt ? other : one));
    if (testCase === undefined) return [];
    return this.#placeOf(testCase.pickleId).map((place) => ({
      ...place,
      result: resultOf(testCase, last, { run: this.#about.id, attempts: attempts.length }),
    }));
  }

  #placeOf(pickleId: string): { path: string; line: number; name: string }[] {
    const pickle = this.#pickles.get(pickleId);
    if (pickle === undefined) return [];
    const line = pickle.location?.line ?? this.#lines.get(pickle.astNodeIds.at(-1) ?? '') ?? 0;
    return [{ path: slashed(pickle.uri), line, name: pickle.name }];
  }

  #definitionOf({ id, pattern, sourceReference }: StepDefinition): ReadRun['definitions'][number] {
    const place = { path: slashed(sourceReference.uri ?? ''), line: sourceReference.location?.line ?? 0 };
    return { place, pattern: pattern.source, isUsed: this.#used.has(id) };
  }

  #run(): Run {
    const { os, cpu, runtime } = this.#meta ?? {};
    const platform = [os?.name, cpu?.name].filter((name) => name !== undefined).join('-');
    return { ...this.#about, platform, node: runtime?.version ?? '', startedAt: this.#startedAt };
  }
}

function resultOf(testCase: TestCase, last: Attempt, about: Pick<Result, 'run' | 'attempts'>): Result {
  const all = testCase.testSteps.map((step) => ({ isHook: step.pickleStepId === undefined, result: last.steps.get(step.id) }));
  const told = all.map(({ isHook, result }) => ({
    isHook,
    status: result ? (statusOf[result.status] ?? ('failed' as const)) : ('skipped' as const),
    durationMs: result ? millisecondsOf(result.duration) : 0,
    message: result?.message,
  }));
  const { status, message } = outcomeOf(told, last);
  return {
    ...about,
    status,
    durationMs: rounded(told.reduce((sum, { durationMs }) => sum + durationMs, 0)),
    steps: told.filter(({ isHook }) => !isHook).map(({ status: one, durationMs }) => ({ status: one, durationMs: rounded(durationMs) })),
    message,
    attachments: last.attachments,
  };
}

function outcomeOf(
  steps: readonly { readonly isHook: boolean; readonly status: Result['status']; readonly message: string | undefined }[],
  last: Attempt,
): Pick<Result, 'status' | 'message'> {
  if (!last.isFinished) return { status: 'failed', message: 'it was begun and never ended' };
  const status = gravest.find((one) => steps.some((step) => step.status === one)) ?? 'passed';
  if (status === 'passed' && steps.every(({ isHook }) => isHook)) return { status: 'undefined', message: 'it has no steps' };
  return { status, message: steps.find((step) => step.status === status && step.message !== undefined)?.message };
}

function attached({ mediaType, fileName, body, contentEncoding }: Attachment): Result['attachments'][number] {
  const isText = /^text\/|json|xml/.test(mediaType);
  const text = contentEncoding === 'BASE64' ? (isText ? Buffer.from(body, 'base64').toString() : '') : body;
  return { mediaType, name: fileName, text };
}

/** What lies elsewhere is told by its address. */
function asLink({ mediaType, url }: ExternalAttachment): Result['attachments'][number] {
  return { mediaType, name: url, text: '' };
}

function millisecondsOf({ seconds, nanos }: Duration): number {
  return seconds * 1000 + nanos / 1e6;
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function isoOf({ seconds, nanos }: { seconds: number; nanos: number }): string {
  return new Date(seconds * 1000 + Math.floor(nanos / 1e6)).toISOString();
}

function slashed(path: string): string {
  return path
    .replace(/^file:\/\//, '')
    .replaceAll('\\', '/')
    .replace(/^\.\//, '');
}
