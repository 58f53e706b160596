import { CatalogError, refusal } from '../core/errors.js';
import type { PlatformSummary } from '../core/platform.js';
import {
  formatProfile,
  isSameProfile,
  mostProfileBytes,
  type PlatformProfile,
  type ProfileInvalidKind,
  parseProfile,
  profileOf,
} from '../core/platform-profile.js';
import type { Host } from '../disk/host.js';
import { persistFile } from '../disk/persist.js';
import { type DiskProgram, openFile } from '../disk/program.js';
import { isDiskError } from '../disk/steps.js';
import { closing, readFully } from '../disk/whole-file.js';

/** Reads a profile that was configured; `PlatformProfileInvalid` with the path as it was given (CAT-PLT-4005). */
export function* readProfile(path: string): DiskProgram<PlatformProfile> {
  const parsed = parseProfile(yield* textOf(path));
  if ('kind' in parsed) throw invalid(path, parsed.kind, parsed.reason);
  return parsed;
}

/** Puts a profile in place of what is there, whole and durable. */
export function writeProfile(path: string, profile: PlatformProfile, host: Pick<Host, 'random'>): DiskProgram<void> {
  return persistFile(path, [Buffer.from(formatProfile(profile))], host);
}

/** CAT-PLT-4006: what was observed is what the profile says; else `PlatformProfileMismatch`. */
export function checkProfile(path: string, expected: PlatformProfile, found: PlatformSummary): void {
  const observed = profileOf(found);
  if (isSameProfile(expected, observed)) return;
  const differing = differencesOf(expected, observed).join('; ');
  throw refusal('PlatformProfileMismatch', `the profile ${path} is of another machine than this one: ${differing}`, {
    path,
    expected,
    observed,
  });
}

function* textOf(path: string): DiskProgram<string> {
  const bytes = Buffer.alloc(mostProfileBytes + 1);
  let filled: number;
  try {
    const handle = yield* openFile(path, { follow: true });
    filled = yield* closing(handle, readFully(handle, bytes, 0));
  } catch (error) {
    if (!isDiskError(error)) throw error;
    throw invalid(path, 'Io', error.message, error);
  }
  if (filled > mostProfileBytes) throw invalid(path, 'DecodeJson', `it has more than ${mostProfileBytes} bytes`);
  const text = bytes.subarray(0, filled);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(text);
  } catch (error) {
    throw invalid(path, 'DecodeJson', 'it is no UTF-8', error);
  }
}

function invalid(path: string, kind: ProfileInvalidKind, reason: string, cause?: unknown): CatalogError {
  return new CatalogError('PlatformProfileInvalid', `the profile ${path} cannot be used (${kind}): ${reason}`, { path, kind }, cause);
}

function differencesOf(expected: PlatformProfile, observed: PlatformProfile): string[] {
  const groups = ['host', 'store_path', 'admission'] as const;
  return groups.flatMap((group) => {
    const [wanted, found]: [Record<string, unknown>, Record<string, unknown>] = [{ ...expected[group] }, { ...observed[group] }];
    return Object.keys(found)
      .filter((name) => JSON.stringify(wanted[name]) !== JSON.stringify(found[name]))
      .map((name) => `${group}.${name} is ${JSON.stringify(found[name])}, not ${JSON.stringify(wanted[name])}`);
  });
}
