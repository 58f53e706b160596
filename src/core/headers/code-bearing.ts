import { firstZipName, isTar, isZip, namesCode, tarNames } from './archives.js';
import { isPickle } from './pickle.js';
import type { NeedsMore } from './reading.js';

/** A format that is neither GGUF nor safetensors, by what the file begins with and never by its name. */
export interface OtherFormat {
  /** In words, as in "is a pickle". */
  readonly what: string;
  /** Whether who loads it with its own tools runs what it says. */
  readonly codeBearing: boolean;
}

/** What a file is that begins with these bytes; `undefined` for what we do not know. */
export function otherFormat(bytes: Uint8Array, size: number): OtherFormat | NeedsMore | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { what, codeBearing, starts } of known) {
    if (starts.some((one) => start.subarray(0, one.length).toString('latin1') === one)) return { what, codeBearing };
  }
  if (isZip(bytes)) return { what: 'a zip', codeBearing: namesCode([firstZipName(bytes)]) };
  if (isNumpy(start)) return { what: 'a numpy array', codeBearing: holdsObjects(start) };
  if (isTar(bytes)) return { what: 'a tar', codeBearing: namesCode(tarNames(bytes)) };
  const isOne = isPickle(bytes, size);
  if (typeof isOne === 'object') return isOne;
  return isOne ? { what: 'a pickle', codeBearing: true } : undefined;
}

const known: readonly (OtherFormat & { readonly starts: readonly string[] })[] = [
  { what: 'a GGML file', codeBearing: false, starts: ['lmgg', 'fmgg', 'tjgg', 'algg'] },
  { what: 'an HDF5 file', codeBearing: false, starts: ['\x89HDF\r\n\x1a\n'] },
  { what: 'an ELF program', codeBearing: true, starts: ['\x7fELF'] },
  { what: 'a program of llamafile', codeBearing: true, starts: ["MZqFpD='", "jartsr='"] },
  { what: 'a Mach-O program', codeBearing: true, starts: ['\xcf\xfa\xed\xfe', '\xce\xfa\xed\xfe', '\xfe\xed\xfa\xce', '\xfe\xed\xfa\xcf'] },
  { what: 'a script', codeBearing: true, starts: ['#!/'] },
];

const numpyMagic = '\x93NUMPY';

function isNumpy(start: Buffer): boolean {
  return start.subarray(0, numpyMagic.length).toString('latin1') === numpyMagic;
}

/** An array of objects is a pickle behind a header; its type says `O`, alone or as a member. */
function holdsObjects(start: Buffer): boolean {
  return /'[|<>=]?O\d*'/.test(start.subarray(10, 4096).toString('latin1'));
}
