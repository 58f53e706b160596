/**
 * The part of the schema of SARIF 2.1.0 (OASIS, errata 01) that a log of ours may use, anew and closed: a member of another name, or
 * of another form, is a violation. The members stand as the schema has them, so that what is valid here is valid there.
 */
const text = { type: 'string' };
const level = { enum: ['none', 'note', 'warning', 'error'] };
const listOf = (items: object) => ({ type: 'array', items });
const ref = (name: string) => ({ $ref: `#/$defs/${name}` });

function shape(required: Readonly<Record<string, object>>, optional: Readonly<Record<string, object>> = {}) {
  return { type: 'object', properties: { ...required, ...optional }, required: Object.keys(required), additionalProperties: false };
}

export const sarifForm = {
  ...shape({ version: { const: '2.1.0' }, runs: listOf(ref('run')) }, { $schema: { type: 'string', pattern: '^https://' } }),
  $defs: {
    run: shape(
      { tool: shape({ driver: ref('driver') }) },
      { results: listOf(ref('result')), columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] } },
    ),
    driver: shape({ name: text }, { rules: listOf(ref('rule')) }),
    rule: shape(
      { id: text },
      { shortDescription: shape({ text }), defaultConfiguration: shape({}, { level }), properties: { type: 'object' } },
    ),
    result: shape(
      { message: shape({ text }) },
      {
        ruleId: text,
        ruleIndex: { type: 'integer', minimum: -1 },
        level,
        locations: listOf(ref('location')),
        relatedLocations: listOf(ref('location')),
        partialFingerprints: { type: 'object', additionalProperties: text },
      },
    ),
    location: shape({}, { id: { type: 'integer', minimum: -1 }, physicalLocation: ref('physicalLocation') }),
    physicalLocation: shape(
      { artifactLocation: shape({ uri: { type: 'string', pattern: "^[A-Za-z0-9._~!$&'()*+,;=:@%/-]*$" } }) },
      { region: ref('region') },
    ),
    region: shape({}, { startLine: { type: 'integer', minimum: 1 } }),
  },
};

interface Element {
  readonly attributes: Readonly<Record<string, RegExp>>;
  readonly required: readonly string[];
  readonly children: readonly string[];
  readonly hasText?: boolean;
}

const any = /^/;
const count = /^\d+$/;
const seconds = /^\d+(\.\d+)?$/;
const verdict: Element = { attributes: { type: any, message: any }, required: [], children: [], hasText: true };

/**
 * The form of JUnit XML as the xsd of Jenkins' xUnit plugin has it (junit-10), and what it lacks that others write and read all the
 * same: the properties of a case, and its file and line.
 */
const junitForm: Readonly<Record<string, Element>> = {
  testsuites: {
    attributes: { name: any, time: seconds, tests: count, failures: count, errors: count, skipped: count },
    required: [],
    children: ['testsuite'],
  },
  testsuite: {
    attributes: {
      ...{ name: any, tests: count, failures: count, errors: count, time: seconds, skipped: count },
      ...{ timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?$/, file: any },
    },
    required: ['name', 'tests', 'failures', 'errors'],
    children: ['properties', 'testcase'],
  },
  testcase: {
    attributes: { name: any, classname: any, time: seconds, file: any, line: count },
    required: ['name'],
    children: ['properties', 'skipped', 'failure'],
  },
  properties: { attributes: {}, required: [], children: ['property'] },
  property: { attributes: { name: any, value: any }, required: ['name', 'value'], children: [] },
  failure: verdict,
  skipped: verdict,
};

const token = /<(\/?)([\w-]+)((?:\s+[\w-]+="[^"<>]*")*)\s*(\/?)>|([^<>]+)/y;
const escaped = /&(?!(?:amp|lt|gt|quot|#\d+);)/;

/** Where a text is not JUnit XML. */
export function junitViolations(xml: string): string[] {
  const begin = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!xml.startsWith(begin)) return ['it does not begin as XML does'];
  const found: string[] = [];
  const open: string[] = [];
  token.lastIndex = begin.length;
  while (token.lastIndex < xml.length) {
    const from = token.lastIndex;
    const [whole = '', end, name = '', attributes = '', isEmpty, said] = token.exec(xml) ?? [];
    if (whole === '') return [...found, `it is no XML at ${JSON.stringify(xml.slice(from, from + 40))}`];
    if (escaped.test(whole)) found.push(`what is not escaped: ${whole}`);
    if (said !== undefined) found.push(...textViolations(said, open.at(-1)));
    else if (end === '/') {
      if (open.pop() !== name) found.push(`${name} is ended and was not begun`);
    } else {
      found.push(...elementViolations(name, attributes, open.at(-1)));
      if (isEmpty !== '/') open.push(name);
    }
  }
  return open.length === 0 ? found : [...found, `${open.join()} is not ended`];
}

function textViolations(said: string, parent: string | undefined): string[] {
  return said.trim() === '' || (parent !== undefined && junitForm[parent]?.hasText) ? [] : [`text in ${parent}: ${said.trim()}`];
}

function elementViolations(name: string, attributes: string, parent: string | undefined): string[] {
  const form = junitForm[name];
  const isIn = parent === undefined ? name === 'testsuites' : junitForm[parent]?.children.includes(name);
  if (form === undefined || !isIn) return [`${name} in ${parent}`];
  const given = [...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value] as const);
  const wrong = given.filter(([key, value]) => !form.attributes[key]?.test(value)).map(([key, value]) => `${key}="${value}" of ${name}`);
  const missing = form.required.filter((key) => !given.some(([one]) => one === key)).map((key) => `${name} has no ${key}`);
  return [...wrong, ...missing];
}
