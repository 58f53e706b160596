import type { ModelMetadata } from '../records.js';
import { describeGguf } from './describe-gguf.js';
import { describeSafetensors } from './describe-safetensors.js';
import { promisedFormat } from './model-header.js';
import { judgeHeader } from './probe.js';
import { bytesOf, isOf, type ReadFile, warning } from './read-files.js';

const mostWarnings = 16;

/**
 * CAT-ADO-2205: what the headers of its files say of a model; `undefined` where they say nothing. Of files in both formats those speak
 * that are larger; one that bears code is told whatever lies beside it.
 */
export function describeModel(files: readonly ReadFile[]): ModelMetadata | undefined {
  const described = formatOf(files) === 'gguf' ? describeGguf(files) : describeSafetensors(files);
  const others = files.flatMap(({ header }) => (header.kind === 'other' ? [header] : []));
  const warnings = [...files.flatMap(warningsOf), ...described.warnings];
  const metadata: ModelMetadata = {
    ...(others.length > 0 && { format: 'other' as const }),
    ...described.metadata,
    ...(others.some(({ codeBearing }) => codeBearing) && { code_bearing: true }),
    ...(warnings.length > 0 && { warnings: atMost(warnings) }),
  };
  return Object.keys(metadata).length === 0 ? undefined : metadata;
}

function formatOf(files: readonly ReadFile[]): 'gguf' | 'safetensors' {
  const gguf = files.filter((file) => isOf('gguf', file));
  const safetensors = files.filter((file) => isOf('safetensors', file));
  // Without either there may be an index of safetensors, which says what is missing.
  return gguf.length > 0 && bytesOf(gguf) >= bytesOf(safetensors) ? 'gguf' : 'safetensors';
}

function warningsOf({ name, bytes, header }: ReadFile): string[] {
  const promised = promisedFormat(name);
  if (header.kind === 'malformed') return [warning(header.code, name, header.reason)];
  if (header.kind === 'other') return promised === undefined ? [] : [warning('bad-magic', name, `is ${header.what}`)];
  if (header.kind !== 'gguf' && header.kind !== 'safetensors') return [];
  const { kind, expected_bytes = bytes } = judgeHeader(header, bytes);
  if (kind === 'truncated') return [warning('truncated', name, `has ${bytes} bytes of ${expected_bytes}`)];
  return kind === 'malformed' ? [warning('bad-offset', name, `has ${bytes - expected_bytes} bytes behind its last tensor`)] : [];
}

function atMost(warnings: readonly string[]): string[] {
  if (warnings.length <= mostWarnings) return [...warnings];
  return [...warnings.slice(0, mostWarnings), `and ${warnings.length - mostWarnings} more`];
}
