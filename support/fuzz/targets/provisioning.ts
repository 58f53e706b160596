import { judgeAnswer } from '../../../packages/provisioner/src/answers.js';
import { redirected } from '../../../packages/provisioner/src/connections.js';
import { hubAuthorization } from '../../../packages/provisioner/src/credentials.js';
import { aboutIn } from '../../../packages/provisioner/src/downloads.js';
import { readyIn } from '../../../packages/provisioner/src/engine-provisioner.js';
import { endpointIn, nameIn } from '../../../packages/provisioner/src/http-fetcher.js';
import { isInner, listingIn } from '../../../packages/provisioner/src/hub.js';
import { chosenFrom, shardsOf } from '../../../packages/provisioner/src/hub-files.js';
import { recordIn } from '../../../packages/provisioner/src/part-file.js';
import { shownUrl } from '../../../packages/provisioner/src/shown-url.js';
import { missingSpans } from '../../../packages/provisioner/src/spans.js';
import { type FuzzTarget, seeds } from '../target.js';

/** It has the library as its users have it: its typed errors are those of the package. */
const alsoThrows = (error: unknown): boolean => error instanceof Error && error.name === 'CatalogError';

const listing = {
  sha: 'a'.repeat(40),
  siblings: [
    { rfilename: 'config.json', size: 12, blobId: 'b'.repeat(40) },
    { rfilename: 'q/model-Q4_K_M-00001-of-00002.gguf', size: 3, blobId: 'c'.repeat(40), lfs: { sha256: 'd'.repeat(64), size: 3 } },
    { rfilename: 'q/model-Q4_K_M-00002-of-00002.gguf', size: 3 },
    { rfilename: 'model.safetensors', lfs: { sha256: 'e'.repeat(64) } },
  ],
};

const listings: FuzzTarget = {
  name: 'listings of a hub',
  alsoThrows,
  seeds: seeds(JSON.stringify(listing), JSON.stringify({ siblings: [{ rfilename: 'a.gguf' }] })),
  read: (bytes) => {
    const { files } = listingIn(bytes.toString(), 'http://h/');
    for (const { path } of files) shardsOf(path);
    const { files: chosen } = chosenFrom(files, { ref: 'hf:o/r' });
    const outside = chosen.find(({ path }) => !isInner(path));
    if (outside !== undefined) throw new Error(`${outside.path} is outside`);
    return undefined;
  },
};

const answer = {
  status: 206,
  headers: {
    etag: '"x"',
    'accept-ranges': 'bytes',
    'content-length': '100',
    'content-range': 'bytes 0-99/100',
    'retry-after': '7',
    'last-modified': 'Wed, 21 Oct 2015 07:28:00 GMT',
    date: 'Wed, 21 Oct 2015 07:38:00 GMT',
  },
  hub: { 'x-linked-etag': `"${'a'.repeat(64)}"`, 'x-repo-commit': 'b'.repeat(40), 'x-error-code': 'GatedRepo' },
};

/** A head has texts and nothing else under the names of its headers, whatever was sent: that is what undici gives. */
const answers: FuzzTarget = {
  name: 'answers of a web server',
  alsoThrows,
  seeds: seeds(...[206, 200, 416, 429, 403, 418].map((status) => JSON.stringify({ ...answer, status }))),
  read: (bytes) => {
    const head = membersOf(bytes.toString());
    if (head === undefined) return 'no head';
    const texts = (member: unknown): Record<string, string> =>
      Object.fromEntries(
        Object.entries(Object(member) as object).flatMap(([name, value]) =>
          typeof value === 'string' ? [[name.toLowerCase(), value]] : [],
        ),
      );
    const status = typeof head.status === 'number' ? head.status : 0;
    const told = { status, headers: texts(head.headers), hub: texts(head.hub) };
    const begun = { size: 100, validator: '"x"' };
    for (const [asked, known] of [[{ from: 0, to: 100 }, begun] as const, [undefined, {}] as const]) {
      const judged = judgeAnswer(told, asked, known, { url: 'http://h/', isHub: true, nowMs: 1_445_412_480_000 });
      if (judged.kind === 'refused') return judged.error.code;
      if (judged.kind === 'span') missingSpans([judged.span], judged.size, Math.max(1, judged.size));
    }
    return undefined;
  },
};

const part = {
  ...{ schema: 'catalog-core-provisioner/part', version: 1, size: 1000, validator: '"x"', etag: '"x"', sha256: 'a'.repeat(64) },
  done: [
    [0, 100],
    [200, 300],
  ],
};

const parts: FuzzTarget = {
  name: 'records of downloads',
  seeds: seeds(JSON.stringify(part), JSON.stringify({ schema: 'catalog-core-provisioner/download', version: 1, ref: 'hf:o/r/f' })),
  read: (bytes) => {
    const text = bytes.toString();
    aboutIn(text);
    const record = recordIn(text);
    if (record === undefined) return 'begun anew';
    const { size = 0, done } = record;
    const spans = done.map(([from, to]) => ({ from, to }));
    missingSpans(spans, size, Math.max(1, size));
    return undefined;
  },
};

const engines: FuzzTarget = {
  name: 'engines that were prepared',
  seeds: seeds(JSON.stringify({ binary_path: 'bin/sh', artifacts: ['bin/sh', 'etc'] }), JSON.stringify({ artifacts: ['bin'] })),
  read: (bytes) => (readyIn('/', bytes.toString()) === undefined ? 'prepared anew' : undefined),
};

const addresses: FuzzTarget = {
  name: 'addresses of the web',
  alsoThrows,
  seeds: seeds(
    'https://user:password@host.example:8443/a/b%20c.gguf?token=x#y',
    '/relative/model.gguf',
    '//other.example/x',
    'http://[::1]/m',
  ),
  read: (bytes) => {
    const [text, from] = [bytes.toString(), 'https://hub.example/o/r'];
    const { username, password, search, hash } = new URL(shownUrl(text), from);
    if (`${username}${password}${search}${hash}` !== '') throw new Error('a secret is shown');
    const url = redirected(new URL(from), text, from);
    if (url.protocol !== 'https:') throw new Error(`it went on over ${url.protocol}`);
    if (!isInner(nameIn(url.href))) throw new Error('its name is outside');
    hubAuthorization({ HF_TOKEN: 'hf_x' }, endpointIn(text))(url);
    return undefined;
  },
};

export const provisioningTargets: readonly FuzzTarget[] = [listings, answers, parts, engines, addresses];

function membersOf(text: string): Record<string, unknown> | undefined {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
