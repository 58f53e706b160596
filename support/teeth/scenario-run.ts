import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Envelope, TestStepResult } from '@cucumber/messages';

/**
 * How one example ended. `failed` is by what it asserts, or by a refusal. No verdict are `hung`, where nothing was asserted and nothing
 * refused, and `mistaken`: the program that judges, or the saboteur, fell over something that is not there.
 */
export interface Ended {
  readonly place: string;
  readonly ms: number;
  readonly status: 'passed' | 'failed' | 'mistaken' | 'hung' | 'not run';
  readonly why: string;
}

export interface RunResult {
  readonly ended: readonly Ended[];
  /** Why there are no results, or not all. */
  readonly trouble: string | undefined;
}

/** From when on a step counts as hung, and a run is ended; generous, because nothing waits for them but what hangs. */
export interface Limits {
  readonly stepMs: number;
  readonly runMs: number;
}

const messageFile = 'messages.ndjson';
const hangs = /^Error: function timed out|^function timed out/;
const mistakes = /^(TypeError|ReferenceError|SyntaxError)\b/;

/** Runs these examples in a compiled project, in a process of its own; one that does not end is killed, and what it told counts. */
export async function runExamples(folder: string, places: readonly string[], limits: Limits): Promise<RunResult> {
  if (places.length === 0) return { ended: [], trouble: undefined };
  writeConfiguration(folder, places, limits);
  const { code, printed } = await ended(folder, limits.runMs);
  const messages = join(folder, messageFile);
  const results = existsSync(messages) ? endedIn(readFileSync(messages, 'utf8')) : [];
  if (results.length === places.length) return { ended: results, trouble: undefined };
  return { ended: results, trouble: `${results.length} of ${places.length} ended, code ${code}: ${printed.slice(-1500)}` };
}

function writeConfiguration(folder: string, places: readonly string[], { stepMs }: Limits): void {
  const configuration = {
    paths: asPaths(places),
    import: ['support/world.js', 'limits.js', 'steps/**/*.js'],
    format: [`message:${messageFile}`],
  };
  writeFileSync(join(folder, 'cucumber.mjs'), `export default ${JSON.stringify(configuration)};\n`);
  writeFileSync(join(folder, 'limits.js'), `import { setDefaultTimeout } from '@cucumber/cucumber';\nsetDefaultTimeout(${stepMs});\n`);
}

/** One path a feature, with the lines of all its examples. */
function asPaths(places: readonly string[]): string[] {
  const lines = new Map<string, string[]>();
  for (const place of places) {
    const colon = place.lastIndexOf(':');
    const path = place.slice(0, colon);
    lines.set(path, [...(lines.get(path) ?? []), place.slice(colon + 1)]);
  }
  return [...lines].map(([path, all]) => [path, ...all].join(':'));
}

function ended(folder: string, limitMs: number): Promise<{ code: number | null; printed: string }> {
  const program = join(folder, 'node_modules/@cucumber/cucumber/bin/cucumber.js');
  const child = spawn(process.execPath, [program], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let printed = '';
  for (const output of [child.stdout, child.stderr]) output.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const kill = () => killGroup(child.pid);
  const limit = setTimeout(kill, limitMs);
  process.once('exit', kill);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(limit);
      process.off('exit', kill);
      resolve({ code, printed });
    });
  });
}

/** With the servers that its scenarios have begun: a program that is killed ends none. */
function killGroup(pid: number | undefined): void {
  if (pid !== undefined) process.kill(-pid, 'SIGKILL');
}

/** What the messages of a run tell of its scenarios; of a run that was killed those that ended. */
export function endedIn(messages: string): Ended[] {
  const places = new Map<string, string>();
  const cases = new Map<string, string>();
  const attempts = new Map<string, { readonly place: string; readonly began: number; results: TestStepResult[] }>();
  const results: Ended[] = [];
  for (const { pickle, testCase, testCaseStarted, testStepFinished, testCaseFinished } of envelopes(messages)) {
    if (pickle) places.set(pickle.id, `${pickle.uri}:${pickle.location?.line ?? 0}`);
    if (testCase) cases.set(testCase.id, places.get(testCase.pickleId) ?? '');
    if (testCaseStarted) {
      const place = cases.get(testCaseStarted.testCaseId) ?? '';
      attempts.set(testCaseStarted.id, { place, began: msOf(testCaseStarted.timestamp), results: [] });
    }
    if (testStepFinished) attempts.get(testStepFinished.testCaseStartedId)?.results.push(testStepFinished.testStepResult);
    const attempt = testCaseFinished && attempts.get(testCaseFinished.testCaseStartedId);
    if (attempt)
      results.push({ place: attempt.place, ms: msOf(testCaseFinished.timestamp) - attempt.began, ...verdictOf(attempt.results) });
  }
  return results;
}

function verdictOf(results: readonly TestStepResult[]): Pick<Ended, 'status' | 'why'> {
  const failures = results.filter(({ status }) => status === 'FAILED').map(({ message = '' }) => message);
  // What is torn down under a step that still runs fails too, and says nothing.
  const hung = failures.find((message) => hangs.test(message));
  if (hung !== undefined) return { status: 'hung', why: firstLine(hung) };
  const [first] = failures;
  if (first !== undefined) return { status: mistakes.test(first) ? 'mistaken' : 'failed', why: firstLine(first) };
  const isPassed = results.every(({ status }) => status === 'PASSED');
  return { status: isPassed ? 'passed' : 'not run', why: '' };
}

function* envelopes(messages: string): Generator<Envelope> {
  for (const line of messages.split('\n')) {
    // The last line of a run that was killed may be torn.
    if (line.startsWith('{') && line.endsWith('}')) yield JSON.parse(line) as Envelope;
  }
}

const msOf = ({ seconds, nanos }: { readonly seconds: number; readonly nanos: number }): number => seconds * 1e3 + nanos / 1e6;
/** The first line that says something: some assertions have their name alone in the first. */
function firstLine(text: string): string {
  const [first = '', second = ''] = text.split('\n').filter((line) => line.trim() !== '');
  return (/^\w+:?\s*$/.test(first) ? `${first.trim()} ${second.trim()}` : first).slice(0, 200);
}
