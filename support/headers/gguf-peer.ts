import { writeFile } from 'node:fs/promises';
import { type GGUFParseOutput, gguf } from '@huggingface/gguf';
import { expect } from 'chai';
import { readGguf } from '../../src/core/headers/gguf.js';

/** Reads one GGUF file by our reader and by `@huggingface/gguf`; what they find is the same. */
export async function expectAlike(bytes: Buffer, path: string): Promise<void> {
  await writeFile(path, bytes);
  const theirs = await gguf(path, { allowLocalFile: true, computeParametersCount: true });
  const ours = readGguf(bytes, bytes.byteLength);
  if (ours.kind !== 'parsed') throw new Error(JSON.stringify(ours));
  const { values, tensors, parameters, version, byteOrder, elementsByType } = ours.header;
  expect(Object.fromEntries(values), 'values').to.deep.equal(scalarsOf(theirs));
  expect([version, byteOrder]).to.deep.equal([theirs.metadata.version, theirs.littleEndian ? 'little-endian' : 'big-endian']);
  expect([tensors, parameters]).to.deep.equal([theirs.tensorInfos.length, theirs.parameterCount]);
  expect([...elementsByType.keys()].sort()).to.deep.equal([...new Set<number>(theirs.tensorInfos.map(({ dtype }) => dtype))].sort());
}

/** Their values that are no arrays, and not what they add of the file itself. */
function scalarsOf({ metadata }: GGUFParseOutput): Record<string, unknown> {
  const entries = Object.entries(metadata as Record<string, unknown>).filter(([, value]) => !Array.isArray(value));
  const own = ['version', 'tensor_count', 'kv_count'];
  return Object.fromEntries(
    entries.filter(([key]) => !own.includes(key)).map(([key, value]) => [key, typeof value === 'bigint' ? Number(value) : value]),
  );
}
