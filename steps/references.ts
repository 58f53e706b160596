import { inspect } from 'node:util';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import fc from 'fast-check';
import { CatalogError, isCatalogError } from '../src/core/errors.js';
import { ModelRef } from '../src/core/model-ref.js';
import { redactUrl } from '../src/core/redact.js';
import { unescaped } from '../support/table-cells.js';

interface ReferenceWorld {
  reference?: ModelRef;
  referenceRefusal?: unknown;
  references?: fc.Arbitrary<string>;
  texts?: { readonly small: string; readonly large: string };
  redacted?: string;
}

const secret = 'S3cr3tS3cr3t';

When(/^the reference "(.*)" is parsed$/, function (this: ReferenceWorld, text: string) {
  attempt(this, () => ModelRef.parse(withBlanks(text)));
});

When(/^the reference "(.*)" is parsed in the directory "(.*)"$/, function (this: ReferenceWorld, text: string, cwd: string) {
  attempt(this, () => ModelRef.parse(withBlanks(text), { cwd: withBlanks(cwd) }));
});

When(
  /^a reference is parsed that is "(.*)" and (\d+) times "(.*)"$/,
  function (this: ReferenceWorld, start: string, count: string, rest: string) {
    attempt(this, () => ModelRef.parse(start + withBlanks(rest).repeat(Number(count))));
  },
);

When('a number is parsed as a reference', function (this: ReferenceWorld) {
  attempt(this, () => ModelRef.parse(JSON.parse('7')));
});

When(
  'the model {string} of the hub with the path {string} is written without org and revision',
  function (this: ReferenceWorld, repo: string, path: string) {
    attempt(this, () => ModelRef.parse(ModelRef.format({ kind: 'hf', repo, path })));
  },
);

When(/^the credentials are taken out of "(.*)"$/, function (this: ReferenceWorld, text: string) {
  this.redacted = redactUrl(withBlanks(text));
});

Given('references from any text, from any characters and from pieces of references', function (this: ReferenceWorld) {
  this.references = fc.oneof(anyText(), anyUnits(), piecesOfReferences());
});

Given('absolute paths of any names', function (this: ReferenceWorld) {
  const name = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.stringMatching(/^[ -~]+$/),
    fc.constantFrom('C:', 'c:', '%2F', '?', '#', ' '),
  );
  this.references = fc.array(name.filter(isPlainName), { minLength: 1, maxLength: 5 }).map((names) => `/${names.join('/')}`);
});

Given('references with a secret in the user info, the query or the fragment, many of them malformed', function (this: ReferenceWorld) {
  this.references = fc.oneof(secretInUrl(), secretInHubReference());
});

Given(
  /^adversarial texts of (\d+) and of (\d+) characters: (.*)$/,
  function (this: ReferenceWorld, small: string, large: string, kind: string) {
    this.texts = { small: adversarial(kind, Number(small)), large: adversarial(kind, Number(large)) };
  },
);

Then('it names this model of the hub:', function (this: ReferenceWorld, table: DataTable) {
  const named = Object.entries(table.hashes()[0] ?? {}).filter(([, value]) => value !== '');
  expect(parsed(this)).to.deep.equal({ kind: 'hf', ...Object.fromEntries(named) });
});

Then(/^it names the file "(.*)"$/, function (this: ReferenceWorld, path: string) {
  expect(parsed(this)).to.deep.equal({ kind: 'file', path: withBlanks(path) });
});

Then(/^it names the URL "(.*)"$/, function (this: ReferenceWorld, url: string) {
  expect(parsed(this)).to.deep.equal({ kind: 'url', url });
});

Then(/^it is written "(.*)"$/, function (this: ReferenceWorld, normal: string) {
  const reference = parsed(this);
  expect(ModelRef.format(reference)).to.equal(withBlanks(normal));
  expect(ModelRef.parse(withBlanks(normal))).to.deep.equal(reference);
});

Then(/^the text that is left is "(.*)"$/, function (this: ReferenceWorld, redacted: string) {
  expect(this.redacted).to.equal(withBlanks(redacted));
  expect(redactUrl(withBlanks(redacted))).to.equal(withBlanks(redacted));
});

Then(/^the reference is refused as "(.*)" because of "(.*)"$/, function (this: ReferenceWorld, shown: string, reason: string) {
  const refusal = refused(this, 'InvalidRef');
  expect(refusal.details).to.have.all.keys('input', 'reason');
  expect(refusal.details.input).to.equal(withBlanks(shown));
  expect(refusal.details.reason).to.include(reason);
  expect(refusal.message).to.include(withBlanks(shown)).and.to.include(reason);
});

Then('the directory is refused with InvalidArgument', function (this: ReferenceWorld) {
  refused(this, 'InvalidArgument');
});

Then('that reference is accepted', function (this: ReferenceWorld) {
  parsed(this);
});

Then('that reference is refused as too long', function (this: ReferenceWorld) {
  expect(refused(this, 'InvalidRef').details.reason).to.match(/^longer than 4096 bytes/);
});

Then('the refusal of the reference quotes at most {int} characters of it', function (this: ReferenceWorld, count: number) {
  const { details, message } = refused(this, 'InvalidRef');
  expect(String(details.input)).to.have.lengthOf.within(1, count);
  expect(message).to.have.lengthOf.below(count + 100);
  expect(message).not.to.match(/\p{Cc}/u);
});

Then(
  'each is refused with InvalidRef, or what it is written as is read as the same reference',
  { timeout: 60_000 },
  function (this: ReferenceWorld) {
    expectEach(this, (text) => {
      const reference = parseOrRefusal(text);
      if (!(reference instanceof Error)) expect(ModelRef.parse(ModelRef.format(reference))).to.deep.equal(reference);
    });
  },
);

Then('each path is read as itself from what it is written as', { timeout: 60_000 }, function (this: ReferenceWorld) {
  expectEach(this, (path) => {
    const written = ModelRef.format({ kind: 'file', path });
    expect(new URL(written).protocol).to.equal('file:');
    expect(ModelRef.parse(written)).to.deep.equal({ kind: 'file', path });
  });
});

Then(
  'the secret is neither in what a reference is written as nor in the message, the details or the inspection of a refusal',
  { timeout: 60_000 },
  function (this: ReferenceWorld) {
    expectEach(this, (text) => {
      const outcome = parseOrRefusal(text);
      const shown = outcome instanceof CatalogError ? outcome.message + JSON.stringify(outcome.details) : ModelRef.format(outcome);
      expect(shown + inspect(outcome, { depth: null, showHidden: true })).not.to.include(secret);
      expect(redactUrl(text)).not.to.include(secret);
    });
  },
);

Then(
  'parsing the large takes less than {int} times as long as parsing the small',
  { timeout: 60_000 },
  function (this: ReferenceWorld, bound: number) {
    expect(this.texts).not.to.equal(undefined);
    expect(ratioOfTimes(this.texts ?? { small: '', large: '' })).to.be.below(bound);
  },
);

function attempt(world: ReferenceWorld, parse: () => ModelRef): void {
  try {
    world.reference = parse();
  } catch (error) {
    world.referenceRefusal = error;
  }
}

function parsed(world: ReferenceWorld): ModelRef {
  if (world.reference === undefined) throw world.referenceRefusal ?? new Error('nothing was parsed');
  return world.reference;
}

function refused(world: ReferenceWorld, code: string): CatalogError {
  const refusal = world.referenceRefusal;
  delete world.referenceRefusal;
  if (!(refusal instanceof CatalogError)) throw refusal ?? new Error(`it was not refused: ${inspect(world.reference)}`);
  expect(refusal.code).to.equal(code);
  return refusal;
}

function parseOrRefusal(text: string): ModelRef | CatalogError {
  try {
    return ModelRef.parse(text);
  } catch (error) {
    if (isCatalogError(error, 'InvalidRef')) return error;
    throw error;
  }
}

/** A cell that may begin with `\t` and end with `\r`, whose blanks cucumber would take away. */
function withBlanks(cell: string): string {
  return unescaped(cell)
    .replace(/^\s*\\t/, '\t')
    .replace(/\\r(?=\s*$)/, '\r');
}

function expectEach(world: ReferenceWorld, check: (text: string) => void): void {
  expect(world.references).not.to.equal(undefined);
  fc.assert(fc.property(world.references ?? fc.constant(''), check), { numRuns: 5000 });
}

function anyText(): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom('', 'hf:', 'hf:a/b/', 'file:/', 'https://h', 's3://h/', 'oci://', './'), fc.string({ unit: 'binary' }))
    .map((parts) => parts.join(''));
}

function anyUnits(): fc.Arbitrary<string> {
  return fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units));
}

function piecesOfReferences(): fc.Arbitrary<string> {
  const schemes = fc.constantFrom(
    'hf:',
    'HF:',
    'file:',
    'file:///',
    'https://',
    'HTTP://',
    's3://',
    'oci://',
    'C:\\',
    'c:/',
    './',
    '../',
    '/',
    '',
  );
  const pieces = fc.constantFrom(
    ...[
      'a',
      'B',
      'é',
      'C:',
      '/',
      '//',
      '\\',
      '.',
      '..',
      '@',
      ':',
      '?',
      '#',
      '&',
      '%',
      '%2e',
      '%2F',
      '%3A',
      '%25',
      '%20',
      '%5c',
      '%ff',
      ' ',
      '=',
      'revision=1',
    ],
  );
  return fc.tuple(schemes, fc.array(pieces, { maxLength: 12 })).map(([scheme, rest]) => scheme + rest.join(''));
}

function isPlainName(name: string): boolean {
  return !['.', '..'].includes(name) && !/[/\p{Cc}\p{Cs}\p{Cf}]/u.test(name);
}

function secretInUrl(): fc.Arbitrary<string> {
  const schemes = [
    'https://',
    'HTTP://',
    's3://',
    'oci://',
    'foo://',
    'hf://',
    'ftp://',
    'https:',
    'https:/',
    'https:\\\\',
    ' https://',
    'ht tp://',
    'hTTps:///',
    '://',
    '//',
  ];
  return fc
    .record({
      before: fc.constantFrom('', '', 'a\n', 'C:/a\r\n', 'hf:a/b\n', '/a@b\u0085', 'a\t', '?revision=1\0'),
      scheme: fc.constantFrom(...schemes),
      user: fc.constantFrom(
        '',
        `user:${secret}@`,
        `${secret}:@`,
        `${secret}@`,
        `u%3A${secret}@`,
        `user:p@${secret}@`,
        `user:a/${secret}@`,
        `u:a#${secret}@`,
        `u:a?${secret}@`,
      ),
      host: fc.constantFrom('host', 'host:80', 'ho st', '[::1', 'host:99999', 'host%zz', '', 'h\u0000'),
      path: fc.constantFrom('', '/', '/a/../b', '/%zz', '/a\u202e', '\\x', '/@a', '/a@b:c', '/'.repeat(4096)),
      query: fc.constantFrom(
        '',
        `?token=${secret}`,
        `?revision=1&token=${secret}`,
        `?revision=1;t=${secret}`,
        `?a?b=${secret}`,
        `?t=a@${secret}`,
        `?${secret}`,
        `?revision=1\n${secret}`,
        `?revision=1\t=${secret}`,
        `?revision=1%0d%0atoken=${secret}`,
      ),
      fragment: fc.constantFrom('', `#${secret}`, `#a@${secret}`, `#?revision=1#${secret}`),
    })
    .map(({ before, scheme, user, host, path, query, fragment }) => before + scheme + user + host + path + query + fragment)
    .filter((text) => isReadAsUrl(text));
}

/** A slash in a password, a missing scheme: such a text can be a good URL or path in which the secret is no credential. */
function isReadAsUrl(text: string): boolean {
  return !(URL.canParse(text) && new URL(text).pathname.includes(secret));
}

function secretInHubReference(): fc.Arbitrary<string> {
  return fc
    .record({
      start: fc.constantFrom('hf:', 'HF:', ' hf:'),
      user: fc.constantFrom('', `user:${secret}@`),
      name: fc.constantFrom('', 'gpt2', 'openai/gpt2', 'openai/gpt2@main', 'openai/gpt2@main/a', 'openai/gpt2:Q4', 'a/b/%zz', 'a/b/..'),
      query: fc.constantFrom('', `?token=${secret}`, `?revision=1&token=${secret}`, `?t=a@${secret}`),
      fragment: fc.constantFrom('', `#${secret}`, `#a@${secret}`),
    })
    .map(({ start, user, name, query, fragment }) => start + user + name + query + fragment);
}

function adversarial(kind: string, length: number): string {
  const [start, rest, end] = adversaries[kind] ?? expect.fail(`no adversary is called ${kind}`);
  return start + rest.repeat(Math.floor((length - start.length - end.length) / rest.length)) + end;
}

/** What makes a parser that backtracks, or looks again at every step, take quadratic time: a start, what is repeated, an end. */
const adversaries: Readonly<Record<string, readonly [string, string, string]>> = {
  blanks: ['a', ' ', 'a'],
  slashes: ['a', '/', 'a'],
  dots: ['', 'a/../', ''],
  'at signs': ['hf:', '@', ''],
  parameters: ['https://host/?', 'a=b&', ''],
  schemes: ['', 'https://', ''],
  escapes: ['file:///', '%41', '%4'],
  'hub parts': ['hf:a/b/', './', '..'],
  'URL slashes': ['https://host', '/', 'a'],
  controls: ['hf:', '\u0007', ''],
};

/** Medians of interleaved runs: what else the machine does meets both alike. */
function ratioOfTimes({ small, large }: { small: string; large: string }): number {
  const repeats = Math.max(1, Math.ceil(20_000 / small.length));
  for (let round = 0; round < 10; round++) timeOf(small, repeats * 10);
  const rounds = Array.from({ length: 15 }, () => ({ small: timeOf(small, repeats * 4) / 4, large: timeOf(large, repeats) }));
  return median(rounds.map((round) => round.large)) / median(rounds.map((round) => round.small));
}

function timeOf(text: string, repeats: number): number {
  const start = process.hrtime.bigint();
  for (let round = 0; round < repeats; round++) parseOrRefusal(text);
  return Number(process.hrtime.bigint() - start);
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
