/** The macros of man(7), as far as a manual page of ours needs them. */
export function titleLine(name: string, { revised, source }: { readonly revised: string; readonly source: string }): string {
  // Ragged and not hyphenated: options and paths stay whole.
  return `.TH ${name} 1 "${revised}" "${roff(source)}"\n.nh\n.ad l`;
}

export function section(name: string, ...parts: readonly string[]): string {
  return [`.SH ${roff(name)}`, ...parts.filter((part) => part !== '')].join('\n');
}

export function heading(text: string): string {
  return `.SS "${roff(text)}"`;
}

export function paragraph(text: string): string {
  return `.PP\n${roff(text.trim())}`;
}

export function definition(term: string, text: string): string {
  return `.TP\n${bold(term)}\n${roff(text)}`;
}

export function example(lines: readonly string[]): string {
  return ['.PP', '.RS 4', '.nf', ...lines.map(roff), '.fi', '.RE'].join('\n');
}

export function bold(text: string): string {
  return `\\fB${roff(text)}\\fR`;
}

const escapes: Readonly<Record<string, string>> = {
  ...{ '\\': '\\e', '-': '\\-', '"': '\\(dq', "'": '\\(aq', '`': '\\(ga', '^': '\\(ha', '~': '\\(ti' },
};

/** Text that is shown as it stands: nothing in it is a request, and its marks can be copied into a shell. */
export function roff(text: string): string {
  return text
    .replace(/[\\"'`^~-]/g, (mark) => escapes[mark] ?? mark)
    .replace(/[^ -~\n]/gu, (character) => `\\[u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`)
    .replace(/^\./gm, '\\&.');
}
