/** A line that somebody types, and with which code of an error it is to end, as its comment says: `catalog rm a  # InUse`. */
export interface Line {
  readonly text: string;
  readonly comment: string;
}

/** The lines of a block, each whole where it goes on behind a backslash. */
export function linesOf(block: string): Line[] {
  return block
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => {
      const [, text = '', comment = ''] = /^(.*?)(?:(?:^|\s+)# ?(.*))?$/.exec(line) ?? [];
      return { text: text.trim(), comment };
    })
    .filter(({ text }) => text !== '');
}

/** The words of each command in a line, those in `$(…)` too. Quotes hold words together; where an answer goes is no word. */
export function commandsOf(line: string): string[][] {
  const inner: string[] = [];
  const outer = line.replaceAll(/\$\(([^()]*)\)/g, (_, command: string) => {
    inner.push(command);
    return 'answer';
  });
  const words = [...outer.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) => word);
  const commands: string[][] = [[]];
  for (const [place, word] of words.entries()) {
    if (/^(&&|\|\||\||;|&)$/.test(word)) commands.push([]);
    else if (/^\d?[<>]+&?\d?$/.test(word) || /^\d?[<>]+$/.test(words[place - 1] ?? '')) continue;
    else commands.at(-1)?.push(word.replaceAll(/['"]/g, ''));
  }
  const own = commands.map((command) => command.filter((word, place) => place > 0 || !/^[A-Z_]+=/.test(word)));
  return [...own.map(withoutRunner), ...inner.flatMap(commandsOf)].filter((command) => command.length > 0);
}

const withoutRunner = (command: string[]): string[] => (command[0] === 'npx' ? command.slice(1) : command);
