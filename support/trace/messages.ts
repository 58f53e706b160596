import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin';
import { type Envelope, IdGenerator, type Pickle } from '@cucumber/messages';

type Trouble = 'passes at the second attempt' | 'is cut short';

/** A scenario that failed and then passed, and one in which the run ended. */
export const cutShort: Readonly<Record<string, Trouble>> = { Corn: 'passes at the second attempt', Beds: 'is cut short' };

/** The messages of a run of these features, a line each; every scenario passes but those that are named. */
export function messagesOf(features: Readonly<Record<string, string>>, troubles: Readonly<Record<string, Trouble>> = {}): string {
  const newId = IdGenerator.incrementing();
  const pickles = Object.entries(features).map(([uri, data]) => {
    const document = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher()).parse(data);
    return { uri, data, pickles: compile(document, uri, newId) };
  });
  const isWhole = Object.values(troubles).every((trouble) => trouble !== 'is cut short');
  const envelopes = [
    { testRunStarted: { timestamp: time } },
    ...pickles.map(({ uri, data }) => ({ source: { uri, data, mediaType: 'text/x.cucumber.gherkin+plain' } })),
    ...pickles.flatMap((feature) => feature.pickles.flatMap((pickle) => scenarioMessages(pickle, troubles[pickle.name]))),
    ...(isWhole ? [{ testRunFinished: { success: true, timestamp: time } }] : []),
  ];
  return envelopes.map((envelope) => `${JSON.stringify(envelope)}\n`).join('');
}

const time = { seconds: 1_795_333_001, nanos: 0 };

function scenarioMessages(pickle: Pickle, trouble: Trouble | undefined): Partial<Record<keyof Envelope, unknown>>[] {
  const testSteps = pickle.steps.map(({ id }) => ({ id: `s${id}`, pickleStepId: id, stepDefinitionIds: [] }));
  const attempts = trouble === 'passes at the second attempt' ? ['FAILED', 'PASSED'] : ['PASSED'];
  return [
    { pickle },
    { testCase: { id: `c${pickle.id}`, pickleId: pickle.id, testSteps } },
    ...attempts.flatMap((status, attempt) => {
      const testCaseStartedId = `r${pickle.id}-${attempt}`;
      const testStepResult = { status, duration: { seconds: 0, nanos: 1_500_000 } };
      const attachment = { testCaseStartedId, mediaType: 'text/plain', fileName: 'flour.txt', contentEncoding: 'BASE64', body: 'd2hpdGU=' };
      return [
        { testCaseStarted: { id: testCaseStartedId, testCaseId: `c${pickle.id}`, attempt, timestamp: time } },
        ...testSteps.map(({ id }) => ({ testStepFinished: { testCaseStartedId, testStepId: id, testStepResult, timestamp: time } })),
        ...(trouble === undefined ? [] : [{ attachment }]),
        ...(trouble === 'is cut short'
          ? []
          : [{ testCaseFinished: { testCaseStartedId, timestamp: time, willBeRetried: status === 'FAILED' } }]),
      ];
    }),
  ];
}
