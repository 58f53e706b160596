import type { GgufScalar } from '../../src/core/headers/gguf.js';
import type { FileHeader } from '../../src/core/headers/model-header.js';
import { ggmlTypes } from './gguf-file.js';

/**
 * The header that words of a feature file speak of: `gguf to 10 of 5 F32 and 3 F16 with {"split.count":1}`, `gguf to 10 with types 77` of
 * unknown size, `safetensors of 5 BF16`, `config {…}`, `shards a, b`, `other`, `malformed gguf`, `malformed gguf as changed`. A file is as
 * long as its header says, where that is not said.
 */
export function spokenHeader(words: string, size: number): FileHeader {
  const form = /^(gguf|safetensors)(?: to (\d+))?(?: of (.+?))?(?: with types ([\d, ]+))?(?: with (\{.+))?$/;
  const [, format, end, counts = '', types, values = '{}'] = form.exec(words) ?? [];
  const dataEnd = end === undefined ? size : Number(end);
  if (format === 'gguf') {
    const known = { version: 3, byteOrder: 'little-endian', tensors: 1, unsizedTypes: types?.split(', ').map(Number) ?? [] } as const;
    const all = new Map(Object.entries(JSON.parse(values) as Record<string, GgufScalar>));
    return { kind: format, header: { ...known, values: all, ...counted(counts, ggmlNumber), dataEnd } };
  }
  if (format === 'safetensors') return { kind: format, header: { tensors: 1, ...counted(counts, (type) => type), dataEnd } };
  return otherHeader(words);
}

function otherHeader(words: string): FileHeader {
  const [kind = '', ...rest] = words.split(' ');
  if (kind === 'config') return { kind, config: JSON.parse(rest.join(' ') || '{}') };
  if (kind === 'shards') return { kind, names: rest.join(' ').split(', ') };
  if (words.endsWith('other')) return { kind: 'other', what: 'a script', codeBearing: words === 'other' };
  if (kind === 'unknown') return { kind };
  return malformedHeader(words);
}

function malformedHeader(words: string): FileHeader {
  const [, format, code = 'truncated'] = /^malformed(?: (gguf|safetensors))?(?: as (\S+))?$/.exec(words) ?? [];
  const header = { kind: 'malformed', code: code as Extract<FileHeader, { kind: 'malformed' }>['code'], reason: 'is odd' } as const;
  return format === undefined ? header : { ...header, format: format as 'gguf' | 'safetensors' };
}

const ggmlNumber = (type: string): number => ggmlTypes[type]?.type ?? Number(type.replace('type ', ''));

function counted<Type>(counts: string, typeOf: (name: string) => Type): { elementsByType: Map<Type, number>; parameters: number } {
  const elementsByType = new Map<Type, number>();
  let parameters = 0;
  for (const one of counts.split(' and ').filter((some) => some !== '')) {
    const [, count, name = ''] = /^(\d+) (.+)$/.exec(one) ?? [];
    const type = typeOf(name);
    elementsByType.set(type, (elementsByType.get(type) ?? 0) + Number(count));
    parameters += Number(count);
  }
  return { elementsByType, parameters };
}
