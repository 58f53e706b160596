import { writeFileSync } from 'node:fs';
import { Formatter, formatterHelpers } from '@cucumber/cucumber';

const letters = { PASSED: '.', SKIPPED: '-', FAILED: 'F', UNDEFINED: 'U', PENDING: 'P', AMBIGUOUS: 'A', UNKNOWN: '?' };
const lettersPerLine = 100;

/**
 * One letter for each scenario, the whole story of each failure, the names of those that were skipped, and as the very last
 * line `N passed, N failed` (and `, N skipped`), or in the file that the format option `closingLine` names. The exit code says the same:
 * cucumber itself is green when nothing ran.
 */
export default class ClosingLine extends Formatter {
  static documentation = 'Failures in full, and a closing line that can be counted on.';

  #planned = 0;
  #letters = 0;
  #run = 'unfinished';
  #closed = false;
  #file;

  constructor(options) {
    super(options);
    this.#file = options.parsedArgvOptions.closingLine;
    options.eventBroadcaster.on('envelope', (envelope) => this.#hear(envelope));
    // Set as late as can be: cucumber sets its own exit code after the last word of its formatters. And a process that ends
    // before its run does (a promise that nobody settles, an exit in a step) ends here too.
    process.on('exit', () => {
      if (this.#close().failed > 0) process.exitCode = 1;
    });
  }

  async finished() {
    this.#close();
    await super.finished();
  }

  #hear({ testCase, testCaseFinished, testRunFinished }) {
    if (testCase) this.#planned += 1;
    if (testCaseFinished && !testCaseFinished.willBeRetried) this.#progress(testCaseFinished.testCaseStartedId);
    if (testRunFinished) this.#run = testRunFinished.success ? 'succeeded' : 'failed';
  }

  #progress(testCaseStartedId) {
    const { status } = this.eventDataCollector.getTestCaseAttempt(testCaseStartedId).worstTestStepResult;
    this.#letters += 1;
    this.log(letters[status] + (this.#letters % lettersPerLine === 0 ? '\n' : ''));
  }

  #close() {
    const result = this.#count();
    if (this.#closed) return result;
    this.#closed = true;
    this.log('\n');
    this.#tellFailures(result.failures);
    for (const attempt of result.skips) this.log(`skipped: ${attempt.pickle.name}${reasonOf(attempt)}\n`);
    if (result.unstarted > 0) this.log(`never started: ${result.unstarted}\n`);
    if (result.trouble) this.log(`${result.trouble}\n`);
    const skipped = result.skips.length > 0 ? `, ${result.skips.length} skipped` : '';
    const line = `${result.passed} passed, ${result.failed} failed${skipped}\n`;
    if (this.#file === undefined) this.log(line);
    else writeFileSync(this.#file, line);
    return result;
  }

  #count() {
    const attempts = this.eventDataCollector.getTestCaseAttempts().filter(({ willBeRetried }) => !willBeRetried);
    const of = (...statuses) => attempts.filter(({ worstTestStepResult }) => statuses.includes(worstTestStepResult.status));
    const passed = of('PASSED').length;
    const skips = of('SKIPPED');
    const failures = attempts.filter((attempt) => !of('PASSED', 'SKIPPED').includes(attempt));
    const unstarted = this.#planned - attempts.length;
    const trouble = unstarted > 0 ? undefined : this.#trouble(attempts.length, failures.length, skips.length);
    return { passed, skips, failures, unstarted, trouble, failed: failures.length + unstarted + (trouble ? 1 : 0) };
  }

  /** What no scenario can tell. */
  #trouble(started, failed, skipped) {
    if (started === 0) return 'nothing ran: no scenario was found, or none could be read';
    if (started === skipped) return 'nothing ran: every scenario was skipped';
    if (failed > 0 || this.#run === 'succeeded') return undefined;
    return this.#run === 'failed' ? 'the run failed outside its scenarios' : 'the run ended before its time, perhaps in a hook';
  }

  #tellFailures(failures) {
    const { colorFns, snippetBuilder, supportCodeLibrary, printAttachments } = this;
    failures.forEach((testCaseAttempt, index) => {
      const issue = { colorFns, number: index + 1, snippetBuilder, supportCodeLibrary, testCaseAttempt, printAttachments };
      this.log(`${formatterHelpers.formatIssue(issue)}\n`);
      if (testCaseAttempt.worstTestStepResult.status === 'UNKNOWN') this.log('   It has no steps, or it was cut short.\n\n');
    });
  }
}

/** What the scenario logged or attached as text before it was skipped. */
function reasonOf({ stepAttachments }) {
  const texts = Object.values(stepAttachments)
    .flat()
    .filter(({ mediaType }) => mediaType.startsWith('text/'))
    .map(({ body, contentEncoding }) => (contentEncoding === 'BASE64' ? Buffer.from(body, 'base64').toString() : body));
  return texts.length > 0 ? `: ${texts.join('; ')}` : '';
}
