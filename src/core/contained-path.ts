import { type CatalogError, refusal } from './errors.js';

/**
 * The parts of a path inside a root, or `PathOutsideRoot` for what escapes by `..`, by being absolute, by a drive or a UNC name
 * (CAT-BLB-2109). Links are judged where the disk is: see `artifacts/contained.ts`.
 */
export function containedParts(path: string): readonly string[] {
  const parts = path.split('/');
  const hasOddCharacter = path.includes('\\') || path.includes('\0') || /^[A-Za-z]:/.test(path);
  const escapes = hasOddCharacter || parts.some((part) => part === '' || part === '.' || part === '..');
  if (escapes) throw outsideRoot(path, 'it is not a plain path below the root');
  return parts;
}

export function outsideRoot(path: string, reason: string): CatalogError {
  return refusal('PathOutsideRoot', `${JSON.stringify(path.slice(0, 200))} cannot be used inside the root: ${reason}`, {
    path: path.slice(0, 200),
    reason,
  });
}
