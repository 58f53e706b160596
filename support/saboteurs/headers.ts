import type * as Adding from '../../src/core/adding.js';
import type * as Describe from '../../src/core/headers/describe.js';
import type * as HeaderCursor from '../../src/core/headers/header-cursor.js';
import type * as ModelHeader from '../../src/core/headers/model-header.js';
import type * as Probe from '../../src/core/headers/probe.js';
import type * as ReadFiles from '../../src/core/headers/read-files.js';
import { mostHeaderBytes } from '../../src/core/headers/reading.js';
import { pending } from './records.js';
import { inModule, type ModuleSaboteur } from './saboteur.js';

const modelHeader = 'src/core/headers/model-header.ts';
const probe = 'src/core/headers/probe.ts';
const cutOff: ModelHeader.FileHeader = { kind: 'malformed', format: 'gguf', code: 'truncated', reason: 'ends within its header' };
const pickle = Buffer.from('\x80\x02cos\nsystem\n.', 'latin1');
const arrived = { digest: `sha256:${'0'.repeat(64)}`, files: [], local_path: 'models/a', mode: 'copy' } as const;

const noWarnings = inModule<typeof Describe, 'describeModel'>({
  name: 'malformed headers are not told of',
  breaks: 'CAT-ADO-2205',
  by: 'scenario',
  does: 'An entry has no warnings, whatever its headers are like.',
  module: 'src/core/headers/describe.ts',
  names: ['describeModel'],
  substitutes: ({ describeModel }) => ({
    describeModel: (files) => {
      const { warnings, ...told } = describeModel(files) ?? {};
      return Object.keys(told).length === 0 ? undefined : told;
    },
  }),
  shows: ({ describeModel }) => describeModel([{ name: 'a', bytes: 1, header: cutOff }]),
});

const codeByName = inModule<typeof ModelHeader, 'readHeader'>({
  name: 'code is looked for by the name of a file',
  breaks: 'CAT-ADO-2205',
  by: 'scenario',
  does: 'A pickle bears no code, unless it is called .bin or .pt.',
  module: modelHeader,
  names: ['readHeader'],
  substitutes: ({ readHeader }) => ({
    readHeader: (bytes, file) => {
      const header = readHeader(bytes, file);
      return header.kind === 'other' && !/\.(bin|pt)$/.test(file.name) ? { kind: 'unknown' } : header;
    },
  }),
  shows: ({ readHeader }) => readHeader(pickle, { name: 'weights', bytes: pickle.byteLength }).kind,
});

const readsAllItMay = inModule<typeof ModelHeader, 'readHeader'>({
  name: 'a header is read as far as it may be',
  breaks: 'CAT-ADO-2205',
  by: 'scenario',
  does: 'Of each file 64 MiB are read before its header is looked at.',
  module: modelHeader,
  names: ['readHeader'],
  substitutes: ({ readHeader }) => ({
    readHeader: (bytes, file) => {
      const most = Math.min(file.bytes, mostHeaderBytes);
      return bytes.byteLength < most ? { kind: 'more', bytes: most } : readHeader(bytes, file);
    },
  }),
  shows: ({ readHeader }) => readHeader(Buffer.alloc(65_536), { name: 'a.gguf', bytes: 2 ** 30 }).kind,
});

const littleEndianOnly = inModule<typeof HeaderCursor, 'HeaderCursor'>({
  name: 'headers are of one byte order',
  breaks: 'CAT-ADO-2205',
  by: 'scenario',
  does: 'Numbers are little endian, whatever the file says of them.',
  module: 'src/core/headers/header-cursor.ts',
  names: ['HeaderCursor'],
  substitutes: (original) => ({
    HeaderCursor: class extends original.HeaderCursor {
      override uint32(): number {
        this.isLittleEndian = true;
        return super.uint32();
      }
    },
  }),
  shows: (original) => {
    const cursor = new original.HeaderCursor(Buffer.from([0, 0, 0, 1]), 4);
    cursor.isLittleEndian = false;
    return cursor.uint32();
  },
});

const firstShardOnly = inModule<typeof ReadFiles, 'groupsOf'>({
  name: 'a split model is its first shard',
  breaks: 'CAT-ADO-2205',
  by: 'scenario',
  does: 'Of a split model one shard counts.',
  module: 'src/core/headers/read-files.ts',
  names: ['groupsOf'],
  substitutes: ({ groupsOf }) => ({ groupsOf: (files) => groupsOf(files).map((group) => group.slice(0, 1)) }),
  shows: ({ groupsOf }) =>
    groupsOf([1, 2].map((number) => ({ name: `a-0000${number}-of-00002.gguf`, bytes: 1, header: { kind: 'unknown' } }))).map(
      ({ length }) => length,
    ),
});

const staleMetadata = inModule<typeof Adding, 'entryAfterAdd'>({
  name: 'what is said of content outlives it',
  breaks: 'CAT-ADO-2205',
  by: 'scenario',
  does: 'A model whose content was replaced is described as it was before.',
  module: 'src/core/adding.ts',
  names: ['entryAfterAdd'],
  substitutes: ({ entryAfterAdd }) => ({
    entryAfterAdd: (stored, ...given) => ({ ...entryAfterAdd(stored, ...given), ...(stored?.metadata && { metadata: stored.metadata }) }),
  }),
  shows: ({ entryAfterAdd }) => {
    const stored = { ...pending, files: [], digest: `sha256:${'1'.repeat(64)}` as const, metadata: { format: 'gguf' as const } };
    return entryAfterAdd(stored, { id: 'a', source: 'file:/a', replace: true }, arrived, new Date('2026-02-02T00:00:00.000Z')).metadata;
  },
});

const lengthNotLookedAt = inModule<typeof Probe, 'judgeHeader'>({
  name: 'a probe looks at the header alone',
  breaks: 'CAT-DIG-1408',
  by: 'scenario',
  does: 'A file whose header is whole is sound, whatever is missing behind it.',
  module: probe,
  names: ['judgeHeader'],
  substitutes: ({ judgeHeader }) => ({
    judgeHeader: (header, bytes) =>
      judgeHeader(header, header.kind === 'gguf' || header.kind === 'safetensors' ? header.header.dataEnd : bytes),
  }),
  shows: ({ judgeHeader }) =>
    judgeHeader({ kind: 'safetensors', header: { tensors: 0, parameters: 0, elementsByType: new Map(), dataEnd: 10 } }, 9).kind,
});

const probeVerifies = inModule<typeof Probe, 'judgeHeader'>({
  name: 'a probe says that it is a verification',
  breaks: 'CAT-DIG-1408',
  by: 'scenario',
  does: 'What a probe says is labelled as what a quick verification says.',
  module: probe,
  names: ['judgeHeader'],
  substitutes: ({ judgeHeader }) => ({
    judgeHeader: (header, bytes) => ({ ...judgeHeader(header, bytes), method: 'quick' }) as unknown as Probe.Probed,
  }),
  shows: ({ judgeHeader }) => judgeHeader(cutOff, 1).method,
});

export const headerSaboteurs: readonly ModuleSaboteur[] = [
  noWarnings,
  codeByName,
  readsAllItMay,
  littleEndianOnly,
  firstShardOnly,
  staleMetadata,
  lengthNotLookedAt,
  probeVerifies,
];
