import { readFile } from 'node:fs/promises';
import type { Packed } from './packing.js';

/** What publint tells of a tarball: the code of each message, and where. */
export async function toldByPublint({ tarball }: Packed): Promise<readonly string[]> {
  const { publint } = await import('publint');
  const { buffer, byteOffset, byteLength } = await readFile(tarball);
  const bytes = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  const { messages } = await publint({ pack: { tarball: bytes }, strict: true });
  return messages.map(({ type, code, path }) => `${type}: ${code} at ${path.join('.')}`);
}

/**
 * What "are the types wrong?" tells of a tarball. Node 10 reads no `exports`, and a `require` of a module is what Node does from
 * 20.19 on: those two are left out, and nothing else.
 */
export async function toldOfTypes({ tarball }: Packed): Promise<readonly string[]> {
  const { checkPackage, createPackageFromTarballData } = await import('@arethetypeswrong/core');
  const answer = await checkPackage(createPackageFromTarballData(await readFile(tarball)));
  if (answer.types === false) return ['there are no types'];
  return answer.problems
    .filter((problem) => problem.kind !== 'CJSResolvesToESM')
    .filter((problem) => !('resolutionKind' in problem && problem.resolutionKind === 'node10'))
    .map((problem) => JSON.stringify(problem));
}
