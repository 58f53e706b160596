/** Whether a text is of printable ASCII alone: as most are, and quickly known. */
export function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

/** Text that moves nothing where it is shown and hides nothing: what does not print is escaped as `\u{…}`. */
export function printable(text: string): string {
  if (isPlain(text)) return text;
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
