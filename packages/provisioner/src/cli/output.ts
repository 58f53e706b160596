import { type CatalogError, type ErrorCode, exitCodes } from 'catalog-core';

const hints: Partial<Readonly<Record<ErrorCode, string>>> = {
  DigestMismatch: 'nothing was added; fetch it again, or check the digest that you gave',
  PermissionDenied: 'give a token of someone who may have it in $HF_TOKEN, and accept its terms on the page of the model',
  NotFound: 'look for another spelling, another revision or another file',
  NoSpace: 'make room, for example by "catalog gc" or "catalog rm <id>", and pull again: what has come is kept',
  IoError: 'look after the network, $HTTPS_PROXY and $HF_ENDPOINT, and pull again: what has come is kept',
  AlreadyExists: 'choose another id with --id, or remove that one with "catalog rm <id>"',
  FetcherRequired: 'pull takes hf: and https: references; what is on this machine is added by "catalog add <path>"',
  Aborted: 'pull again: what has come is kept',
};

export function tellError({ code, message, details }: CatalogError, json: boolean): number {
  const hint = hints[code] ?? 'see "catalog-provision --help"';
  const lines = [`catalog-provision: ${printable(message)}`, `hint: ${printable(hint)}`];
  process.stderr.write(`${json ? JSON.stringify({ schema: 1, error: { code, message, details, hint } }) : lines.join('\n')}\n`);
  return exitCodes[code];
}

/** What no code tells is a mistake of ours; 70 is EX_SOFTWARE of sysexits.h. */
export function tellMistake(error: unknown): number {
  const story = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`catalog-provision: a mistake in catalog-core-provisioner:\n${story}\nhint: please report it with these lines\n`);
  return 70;
}

/** What a terminal may take for a command, and what hides or turns text around, is shown as what it is; as `catalog` does. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'];

export function size(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? bytes : value.toFixed(value < 10 ? 1 : 0)} ${units[power]}`;
}

export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
