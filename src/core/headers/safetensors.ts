import { boundedJson, isObject, type JsonObject, memberOf } from './bounded-json.js';
import { HeaderCursor } from './header-cursor.js';
import { type HeaderReading, type HeaderTrouble, malformed, mostHeaderBytes, safe } from './reading.js';

/** What a safetensors file says of itself before its data. */
export interface SafetensorsHeader {
  readonly tensors: number;
  readonly parameters: number;
  readonly elementsByType: ReadonlyMap<string, number>;
  /** Where the last tensor ends, which is where the file ends. */
  readonly dataEnd: number;
}

interface Tensor {
  readonly type: string;
  readonly elements: number;
  readonly begin: number;
  readonly end: number;
}

const lengthBytes = 8;
const openingBrace = 0x7b;
const metadata = '__metadata__';

const bitsOfType: Readonly<Record<string, number>> = {
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  I64: 64,
  U64: 64,
  F64: 64,
  C64: 64,
};

/** Whether these first bytes may be those of a safetensors file, which has no magic: a length that can be, and an object. */
export function isSafetensors(bytes: Uint8Array): boolean {
  if (bytes.byteLength <= lengthBytes || bytes[lengthBytes] !== openingBrace) return false;
  return new HeaderCursor(bytes, bytes.byteLength).uint64() <= mostHeaderBytes;
}

/** The header of a safetensors file from its first bytes (https://github.com/huggingface/safetensors#format). */
export function readSafetensors(bytes: Uint8Array, size: number): HeaderReading<SafetensorsHeader> {
  const cursor = new HeaderCursor(bytes, size);
  const length = cursor.uint64();
  const first = cursor.rest > 0 ? cursor.uint8() : openingBrace;
  if (cursor.stop) return cursor.stop;
  if (first !== openingBrace) return malformed('bad-magic', 'has no header of safetensors');
  cursor.position = lengthBytes;
  cursor.skip(length);
  if (cursor.stop) return cursor.stop;
  const read = boundedJson(bytes.subarray(lengthBytes, lengthBytes + length));
  return read.kind === 'parsed' ? headerOf(read.value, lengthBytes + length) : read;
}

/** The files that an index of shards (`*.safetensors.index.json`) says the tensors are in, each once. */
export function readSafetensorsIndex(bytes: Uint8Array): HeaderReading<readonly string[]> {
  const read = boundedJson(bytes);
  if (read.kind !== 'parsed') return read;
  const places = memberOf(read.value, 'weight_map');
  if (!isObject(places)) return malformed('bad-value', 'has no weight_map');
  const shards = new Set(Object.values(places));
  const names = [...shards].filter((name) => typeof name === 'string');
  return names.length === shards.size
    ? { kind: 'parsed', header: names }
    : malformed('bad-value', 'has a weight_map that names something else than files');
}

function headerOf(members: JsonObject, dataStart: number): HeaderReading<SafetensorsHeader> {
  const tensors: Tensor[] = [];
  for (const [name, value] of Object.entries(members)) {
    const tensor = name === metadata ? checkedMetadata(value) : tensorOf(name, value);
    if (tensor === undefined) continue;
    if ('kind' in tensor) return tensor;
    tensors.push(tensor);
  }
  const dataEnd = endOf(tensors);
  if (typeof dataEnd !== 'number') return dataEnd;
  const elementsByType = new Map<string, number>();
  for (const { type, elements } of tensors) elementsByType.set(type, (elementsByType.get(type) ?? 0) + elements);
  const parameters = safe(tensors.reduce((sum, { elements }) => sum + elements, 0));
  if (parameters === undefined) return malformed('bad-value', 'has tensors of more than 2^53 elements');
  return { kind: 'parsed', header: { tensors: tensors.length, parameters, elementsByType, dataEnd: dataStart + dataEnd } };
}

function checkedMetadata(value: unknown): HeaderTrouble | undefined {
  if (isObject(value) && Object.values(value).every((one) => typeof one === 'string')) return undefined;
  return malformed('bad-value', `has a ${metadata} that is not of texts`);
}

function tensorOf(name: string, value: unknown): Tensor | HeaderTrouble {
  const [type, shape, offsets] = ['dtype', 'shape', 'data_offsets'].map((member) => memberOf(value, member));
  const of = JSON.stringify(name.slice(0, 100));
  if (typeof type !== 'string' || !areCounts(shape)) return malformed('bad-value', `has a tensor without type or shape: ${of}`);
  const [begin, end, ...others] = areCounts(offsets) ? offsets : [];
  if (begin === undefined || end === undefined || begin > end || others.length > 0)
    return malformed('bad-offset', `has a tensor nowhere: ${of}`);
  const elements = safe(shape.reduce((product, length) => product * length, 1));
  if (elements === undefined) return malformed('bad-value', `has a tensor of more than 2^53 elements: ${of}`);
  const bits = Object.hasOwn(bitsOfType, type) ? bitsOfType[type] : undefined;
  // A type that came later has some size.
  if (bits !== undefined && (elements / 8) * bits !== end - begin)
    return malformed('bad-offset', `has a tensor of another size than its bytes: ${of}`);
  return { type, elements, begin, end };
}

/** The tensors fill the bytes behind the header, without a hole and each for itself. */
function endOf(tensors: readonly Tensor[]): number | HeaderTrouble {
  let end = 0;
  for (const tensor of [...tensors].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (tensor.begin !== end) return malformed('bad-offset', `has tensors that leave a hole or overlap at ${Math.min(end, tensor.begin)}`);
    end = tensor.end;
  }
  return end;
}

function areCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && one >= 0);
}
