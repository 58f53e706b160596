import { shardOf } from '../model-layout.js';
import { fileTypeName, ggmlType } from './ggml-types.js';
import type { GgufHeader } from './gguf.js';
import { type Described, dominatingType, groupsOf, isOf, type ReadFile, warning } from './read-files.js';
import { safe } from './reading.js';

const mostTextCharacters = 256;
/** A number that llama.cpp adds where the type was guessed. */
const guessed = 1024;

/** The largest model among the GGUF files: its first shard tells what it is, all of its shards how large. */
export function describeGguf(files: readonly ReadFile[]): Described {
  const [group] = groupsOf(files.filter((file) => isOf('gguf', file)));
  if (group === undefined) return { metadata: {}, warnings: [] };
  const shards = [...group].sort((a, b) => numberOf(a) - numberOf(b));
  const headers = shards.flatMap(({ header }) => (header.kind === 'gguf' ? [header.header] : []));
  const first = shards[0];
  if (first?.header.kind !== 'gguf') return { metadata: { format: 'gguf' }, warnings: [] };
  const missing = incompleteness(first, first.header.header, headers);
  const values = new Values(first.name, first.header.header);
  const isWhole = missing === undefined && headers.length === shards.length;
  const metadata = {
    format: 'gguf' as const,
    ...known('architecture', values.text('general.architecture')),
    ...known('parameters', isWhole ? safe(headers.reduce((sum, { parameters }) => sum + parameters, 0)) : undefined),
    ...known('quantization', quantizationOf(values, headers)),
    ...known('context_length', values.contextLength()),
  };
  return { metadata, warnings: [...values.warnings, ...(missing === undefined ? [] : [warning('incomplete', first.name, missing)])] };
}

function numberOf({ name }: ReadFile): number {
  return shardOf(name)?.number ?? 0;
}

/** What its first shard says of a split model that the shards that are there do not bear out. */
function incompleteness({ name }: ReadFile, first: GgufHeader, headers: readonly GgufHeader[]): string | undefined {
  const count = first.values.get('split.count') ?? shardOf(name)?.count ?? 1;
  if (count !== headers.length) return `is one of ${count} shards, of which ${headers.length} could be read`;
  const found = headers.reduce((sum, { tensors }) => sum + tensors, 0);
  const tensors = first.values.get('split.tensors.count') ?? found;
  return tensors === found ? undefined : `is of a model of ${tensors} tensors, of which ${found} are there`;
}

/** As llama.cpp names what the file says that it is; else the type that most of its elements have. */
function quantizationOf(values: Values, headers: readonly GgufHeader[]): string | undefined {
  const fileType = values.count('general.file_type');
  const name = fileType === undefined ? undefined : fileTypeName(fileType & ~guessed);
  if (name !== undefined) return name;
  const type = dominatingType(headers.map(({ elementsByType }) => elementsByType));
  return type === undefined ? undefined : ggmlType(type)?.name;
}

/** The values of a header as what they are to be; another type is told. */
class Values {
  readonly warnings: string[] = [];
  readonly #name: string;
  readonly #header: GgufHeader;

  constructor(name: string, header: GgufHeader) {
    this.#name = name;
    this.#header = header;
  }

  text(key: string): string | undefined {
    const value = this.#header.values.get(key);
    if (typeof value === 'string' && value !== '' && value.length <= mostTextCharacters) return value;
    return this.#refused(key, value);
  }

  count(key: string): number | undefined {
    const value = this.#header.values.get(key);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    return this.#refused(key, value);
  }

  contextLength(): number | undefined {
    const architecture = this.#header.values.get('general.architecture');
    return typeof architecture === 'string' ? this.count(`${architecture}.context_length`) : undefined;
  }

  #refused(key: string, value: unknown): undefined {
    if (value !== undefined) this.warnings.push(warning('bad-value', this.#name, `has a ${key.slice(0, 100)} that is none`));
    return undefined;
  }
}

function known<Name extends string, Value>(name: Name, value: Value | undefined): { [key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [key in Name]: Value });
}
