import { resolve } from 'node:path';
import type { CatalogContext } from '../../src/catalog-context.js';
import { refusal } from '../../src/core/errors.js';
import type * as Ids from '../../src/core/ids.js';
import type * as References from '../../src/core/model-ref.js';
import type { ModelRef } from '../../src/core/model-ref.js';
import type * as Redaction from '../../src/core/redact.js';
import type * as Fetching from '../../src/fetch/fetcher.js';
import type * as Locating from '../../src/locate-model.js';
import { attempted, pending } from './records.js';
import { inModule, type ModuleSaboteur } from './saboteur.js';

const by = 'scenario';

const quantLost = parsing({
  name: 'the quantization of a reference is passed over',
  breaks: 'CAT-REF-1301',
  does: 'A reference to one quantization of a model is one to the model.',
  texts: ['hf:a/b:Q4_K_M'],
  parse: (parse) => (text, options) => {
    const ref = parse(text, options);
    if (ref.kind !== 'hf') return ref;
    const { quant: _quant, ...rest } = ref;
    return rest;
  },
});

const driveIsScheme = parsing({
  name: 'a drive is a scheme',
  breaks: 'CAT-REF-1301',
  does: 'A path that begins with a drive is refused, because nobody knows its scheme.',
  texts: ['C:\\a'],
  parse: (parse) => (text, options) => {
    if (/^[A-Za-z]:/.test(text)) throw refusal('InvalidRef', 'an unknown scheme');
    return parse(text, options);
  },
});

const hubInLowerCase = parsing({
  name: 'names of the hub are in lower case',
  breaks: 'CAT-REF-1302',
  does: 'Of org and repo the normal form has no capitals.',
  texts: ['hf:A/B'],
  parse: (parse) => (text, options) => {
    const ref = parse(text, options);
    return ref.kind === 'hf' ? { ...ref, repo: ref.repo.toLowerCase(), ...(ref.org !== undefined && { org: ref.org.toLowerCase() }) } : ref;
  },
});

const decodedTwice = parsing({
  name: 'a path is decoded twice',
  breaks: 'CAT-REF-1302',
  does: 'A name of a file that has an escape in it is read as another one.',
  texts: ['/a%20b'],
  parse: (parse) => (text, options) => {
    const ref = parse(text, options);
    return ref.kind === 'file' && /^[^%]*(%20[^%]*)+$/.test(ref.path) ? { ...ref, path: decodeURIComponent(ref.path) } : ref;
  },
});

const cutToLength = parsing({
  name: 'what is too long is cut off',
  breaks: 'CAT-REF-1303',
  does: 'Of a text that is too long to be a reference the beginning is one.',
  texts: [`hf:${'a'.repeat(4100)}`],
  parse: (parse) => (text, options) => parse(typeof text === 'string' ? text.slice(0, 4096) : text, options),
});

const anyCharacter = inModule<typeof Ids, 'unfitCharacter'>({
  name: 'a reference has any characters',
  breaks: 'CAT-REF-1303',
  by,
  does: 'What does not print is a part of a reference like others.',
  module: 'src/core/ids.ts',
  names: ['unfitCharacter'],
  substitutes: () => ({ unfitCharacter: () => undefined }),
  shows: ({ unfitCharacter }) => unfitCharacter('a\u0000'),
});

const credentialsKept = inModule<typeof Redaction, 'redactUrl' | 'allowedQuery'>({
  name: 'the credentials of a URL are part of it',
  breaks: 'CAT-REF-1305',
  by,
  does: 'Every parameter of a URL is kept, and whoever is shown it sees them.',
  module: 'src/core/redact.ts',
  names: ['redactUrl', 'allowedQuery'],
  substitutes: () => ({ redactUrl: (text) => text, allowedQuery: (query) => query }),
  shows: ({ redactUrl, allowedQuery }) => [redactUrl('https://u:p@h/a?token=t'), allowedQuery('?token=t')],
});

const quotedWhole = inModule<typeof Redaction, 'redactText'>({
  name: 'a refusal quotes what it was given',
  breaks: 'CAT-SEC-6004',
  by,
  does: 'An error message has the password of the URL that was refused.',
  module: 'src/core/redact.ts',
  names: ['redactText'],
  substitutes: () => ({ redactText: (text) => text }),
  shows: ({ redactText }) => redactText('https://u:p@h//a'),
});

const firstLineAlone = inModule<typeof Redaction, 'redactText'>({
  name: 'a line break hides a secret',
  breaks: 'CAT-SEC-6004',
  by,
  does: 'What stands behind a line break is shown as it was given.',
  module: 'src/core/redact.ts',
  names: ['redactText'],
  substitutes: ({ redactText }) => ({
    redactText: (text, limit) => {
      const [first = '', ...others] = text.split(/(?=[\r\n])/);
      return redactText(first, limit) + others.join('');
    },
  }),
  shows: ({ redactText }) => redactText('a\nhttps://u:p@h/a'),
});

const locatedUnseen = inModule<typeof Locating, 'locateModel'>({
  name: 'where a model should be it is',
  breaks: 'CAT-REF-1306',
  by,
  does: 'A model is located by its record, whether its files are there or not.',
  module: 'src/locate-model.ts',
  names: ['locateModel'],
  substitutes: ({ locateModel }) => ({
    locateModel: async (context, idOrRef) => {
      const found = await locateModel(context, idOrRef);
      const { record } = (found === undefined && (await context.store.models.get(idOrRef))) || {};
      if (record?.local_path === undefined) return found;
      const path = resolve(context.artifacts.root, record.local_path);
      return { id: record.id, path, files: [path] };
    },
  }),
  shows: ({ locateModel }) => locateModel(withoutFiles, 'a'),
});

const remoteNotFound = inModule<typeof Fetching, 'FileFetcher'>({
  name: 'what is elsewhere is not there',
  breaks: 'CAT-PRV-2503',
  by,
  does: 'Of a reference that only another fetcher could fetch it is said that it does not exist.',
  module: 'src/fetch/fetcher.ts',
  names: ['FileFetcher'],
  substitutes: ({ FileFetcher }) => ({
    FileFetcher: class extends FileFetcher {
      override async fetch(...asked: Parameters<Fetching.FileFetcher['fetch']>): ReturnType<Fetching.FileFetcher['fetch']> {
        if (asked[0].kind !== 'file') throw refusal('NotFound', 'it is not there');
        return super.fetch(...asked);
      }
    },
  }),
  shows: ({ FileFetcher }) => new FileFetcher().fetch({ kind: 'hf', repo: 'a' }).catch((error) => attempted(() => thrown(error))),
});

/** Of what a reference means, what is kept of it and where it leads. */
export const referenceSaboteurs: readonly ModuleSaboteur[] = [
  quantLost,
  driveIsScheme,
  hubInLowerCase,
  decodedTwice,
  cutToLength,
  anyCharacter,
  credentialsKept,
  quotedWhole,
  firstLineAlone,
  locatedUnseen,
  remoteNotFound,
];

type Parse = typeof References.parseModelRef;

function parsing({
  texts,
  parse,
  ...declared
}: Pick<ModuleSaboteur, 'name' | 'breaks' | 'does'> & {
  readonly texts: readonly string[];
  readonly parse: (parse: Parse) => (...asked: Parameters<Parse>) => ModelRef;
}): ModuleSaboteur {
  return inModule<typeof References, 'parseModelRef' | 'ModelRef'>({
    ...declared,
    by,
    module: 'src/core/model-ref.ts',
    names: ['parseModelRef', 'ModelRef'],
    substitutes: ({ parseModelRef, ModelRef }) => {
      const broken = parse(parseModelRef);
      return { parseModelRef: broken, ModelRef: { ...ModelRef, parse: broken } };
    },
    shows: ({ parseModelRef }) => texts.map((text) => attempted(() => parseModelRef(text))),
  });
}

/** A catalog that knows a model of which nothing is on the disk. */
const withoutFiles = {
  store: { models: { get: async () => ({ record: { ...pending, local_path: 'models/a' }, revision: 1 }) } },
  artifacts: { root: '/r', run: async () => undefined },
} as unknown as CatalogContext;

function thrown(error: unknown): never {
  throw error;
}
