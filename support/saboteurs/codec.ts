import { createHash } from 'node:crypto';
import type * as CanonicalJson from '../../src/core/canonical-json.js';
import type { FleetCollectionName } from '../../src/core/generation.js';
import type * as IndexFile from '../../src/core/index-file.js';
import { inModule, type ModuleSaboteur } from './saboteur.js';

type Decoding = Pick<typeof IndexFile, 'decodeIndex' | 'openIndex'>;
type Decoded = ReturnType<typeof IndexFile.decodeIndex>;

const module = 'src/core/index-file.ts';
const token = 'A'.repeat(22);
const checksumBytes = 88;

const swallowedParseError = decoding({
  name: 'swallowed parse error',
  breaks: 'CAT-IDX-1106',
  by: 'rot',
  does: 'Bytes that cannot be read are an empty index.',
  substitutes: (decodeIndex) => (collection, bytes) => {
    const decoded = decodeIndex(collection, bytes);
    return decoded.kind === 'damaged' ? decodeIndex(collection, Buffer.from(indexOf(collection, 0, []))) : decoded;
  },
});

const checksumNotChecked = decoding({
  name: 'checksum not checked',
  breaks: 'CAT-IDX-1106',
  by: 'rot',
  does: 'Whatever checksum an index carries is taken for its own.',
  substitutes: (decodeIndex) => (collection, bytes) => decodeIndex(collection, withChecksum(bytes)),
});

const trailingBytesAccepted = decoding({
  name: 'trailing bytes accepted',
  breaks: 'CAT-IDX-1106',
  by: 'rot',
  does: 'What follows the last line of an index is passed over.',
  substitutes: (decodeIndex) => (collection, bytes) => {
    const end = bytes.lastIndexOf('"}\n');
    return decodeIndex(collection, end === -1 ? bytes : bytes.subarray(0, end + 3));
  },
});

const newerVersionAccepted = decoding({
  name: 'newer version accepted',
  breaks: 'CAT-IDX-1105',
  by: 'scenario',
  does: 'An index of a newer version is read as if it were of this one.',
  substitutes: (decodeIndex) => (collection, bytes) => {
    const decoded = decodeIndex(collection, bytes);
    if (decoded.kind !== 'newer') return decoded;
    const text = bytes.toString().replace(`"version":${decoded.version}`, '"version":1');
    return decodeIndex(collection, withChecksum(Buffer.from(text)));
  },
});

const lostOptionalField = decoding({
  name: 'lost optional field',
  breaks: 'CAT-IDX-1102',
  by: 'scenario',
  does: 'The labels of a model are not read back.',
  substitutes: (decodeIndex) => (collection, bytes) => {
    const text = bytes.toString().replaceAll(/"labels":\{[^{}]*\},/g, '');
    return text === bytes.toString() ? decodeIndex(collection, bytes) : decodeIndex(collection, withChecksum(Buffer.from(text)));
  },
});

const anyJson = inModule<typeof CanonicalJson, 'whyNotCanonical'>({
  name: 'any JSON is exact',
  breaks: 'CAT-IDX-1117',
  by: 'scenario',
  does: 'Numbers that JSON does not keep, hostile names and any depth are taken.',
  module: 'src/core/canonical-json.ts',
  names: ['whyNotCanonical'],
  substitutes: () => ({ whyNotCanonical: () => undefined }),
  shows: ({ whyNotCanonical }) => [NaN, -0, 2 ** 53, { constructor: 1 }].map((value) => whyNotCanonical(value) ?? 'exact'),
});

const notFrozen = inModule<typeof CanonicalJson, 'deepFreeze'>({
  name: 'records are not frozen',
  breaks: 'CAT-REC-1001',
  by: 'scenario',
  does: 'Who is given a record can change what others are given.',
  module: 'src/core/canonical-json.ts',
  names: ['deepFreeze'],
  substitutes: () => ({ deepFreeze: (value) => value }),
  shows: ({ deepFreeze }) => Object.isFrozen(deepFreeze({ a: 1 })),
});

export const codecSaboteurs: readonly ModuleSaboteur[] = [
  swallowedParseError,
  checksumNotChecked,
  trailingBytesAccepted,
  newerVersionAccepted,
  lostOptionalField,
  anyJson,
  notFrozen,
];

function decoding(
  declared: Pick<ModuleSaboteur, 'name' | 'breaks' | 'by' | 'does'> & {
    readonly substitutes: (
      decodeIndex: (collection: FleetCollectionName, bytes: Buffer) => Decoded,
    ) => (collection: FleetCollectionName, bytes: Buffer) => Decoded;
  },
): ModuleSaboteur {
  return inModule<Decoding, keyof Decoding>({
    ...declared,
    module,
    names: ['decodeIndex', 'openIndex'],
    substitutes: (original) => inBoth(original, declared.substitutes),
    shows: ({ decodeIndex }) => samples().map((bytes) => shown(decodeIndex('models', bytes))),
  });
}

/** The same done to who reads an index as a whole, and to who reads it line by line. */
export function inBoth(
  { decodeIndex, openIndex }: Decoding,
  substitutes: (
    decode: (collection: FleetCollectionName, bytes: Buffer) => Decoded,
  ) => (collection: FleetCollectionName, bytes: Buffer) => Decoded,
): Decoding {
  return {
    decodeIndex: substitutes(decodeIndex) as typeof decodeIndex,
    openIndex: ((collection: FleetCollectionName, bytes: Buffer, refuse: (reason: string) => Error) =>
      substitutes((of, other) => openIndex(of, other, refuse))(collection, bytes)) as typeof openIndex,
  };
}

function shown(decoded: Decoded): unknown {
  if (decoded.kind !== 'intact') return decoded.kind;
  return decoded.generation.blocks.flatMap((block) => block.records.map((record) => record.line));
}

/** An index as it should be, and what may have become of it. */
function samples(): Buffer[] {
  const model = { id: 'a', labels: { tier: 'gold' }, name: 'a', registered_at: '2026-01-01T00:00:00.000Z', revision: 1 };
  const line = JSON.stringify({ ...model, source: 'file:/a', state: 'Pending', trust_state: 'unverified' });
  const intact = indexOf('models', 1, [line]);
  const flipped = intact.replace('gold', 'lead');
  return [intact, flipped, `${intact}\n`, '', withChecksum(Buffer.from(intact.replace('"version":1', '"version":2'))).toString()].map(
    (text) => Buffer.from(text),
  );
}

export function indexOf(collection: FleetCollectionName, revision: number, lines: readonly string[]): string {
  const head = `{"schema":"catalog-core/${collection}","version":1,"revision":${revision},"commit":"${token}","recent":[],"${collection}":[\n`;
  const body = head + lines.map((line, place) => `${line}${place < lines.length - 1 ? ',' : ''}\n`).join('');
  return body + checksumLine(body);
}

export function withChecksum(bytes: Buffer): Buffer {
  const body = bytes.subarray(0, Math.max(0, bytes.byteLength - checksumBytes));
  return Buffer.concat([body, Buffer.from(checksumLine(body))]);
}

function checksumLine(body: string | Buffer): string {
  return `],"checksum":"sha256:${createHash('sha256').update(body).digest('hex')}"}\n`;
}
