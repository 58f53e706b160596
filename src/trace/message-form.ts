type Kind = 'text' | 'number' | 'object' | 'list';

const time = { 'timestamp.seconds': 'number', 'timestamp.nanos': 'number' } as const;

/** What is read of each kind of message, by its path; what ends in `?` may be absent. */
const needed: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  meta: {},
  source: { uri: 'text', data: 'text' },
  gherkinDocument: {},
  pickle: { id: 'text', uri: 'text', name: 'text', astNodeIds: 'list' },
  stepDefinition: { id: 'text', 'pattern.source': 'text', sourceReference: 'object', 'sourceReference.uri?': 'text' },
  testCase: { id: 'text', pickleId: 'text', testSteps: 'list' },
  testRunStarted: time,
  testCaseStarted: { id: 'text', testCaseId: 'text', attempt: 'number' },
  testStepFinished: {
    ...{ testCaseStartedId: 'text', testStepId: 'text', 'testStepResult.status': 'text', 'testStepResult.message?': 'text' },
    ...{ 'testStepResult.duration.seconds': 'number', 'testStepResult.duration.nanos': 'number' },
  },
  testCaseFinished: { testCaseStartedId: 'text' },
  attachment: { body: 'text', mediaType: 'text' },
  externalAttachment: { url: 'text', mediaType: 'text' },
  testRunHookFinished: { 'result.status': 'text', 'result.message?': 'text' },
  testRunFinished: { 'message?': 'text' },
};

/** What something that was read lacks to be a Cucumber message, in words; a kind that nobody knows yet lacks nothing. */
export function lackOf(found: unknown): string | undefined {
  if (!isObject(found)) return 'it is no object';
  for (const [name, said] of Object.entries(found)) {
    const members = Object.hasOwn(needed, name) ? needed[name] : undefined;
    if (members === undefined) continue;
    if (!isObject(said)) return `${name} is no object`;
    const lacking = Object.entries(members).find(([path, kind]) => {
      const value = valueAt(said, path.replace('?', ''));
      return !(value === undefined && path.endsWith('?')) && !isOf(kind, value);
    });
    if (lacking) return `${name} has no ${lacking[0].replace('?', '')} as it should`;
  }
  return undefined;
}

function valueAt(found: unknown, path: string): unknown {
  return path.split('.').reduce((value, name) => (isObject(value) ? value[name] : undefined), found);
}

function isOf(kind: Kind, value: unknown): boolean {
  if (kind === 'text') return typeof value === 'string';
  if (kind === 'number') return Number.isFinite(value);
  return kind === 'list' ? Array.isArray(value) && value.every((item) => item !== null) : isObject(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
