/** A cell of a feature file in which `\uXXXX` stands for that character. */
export function unescaped(cell: string): string {
  return cell.replace(/\\u([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** A cell of a feature file in which `{64 a}` stands for 64 times "a". */
export function unfolded(cell: string): string {
  return cell.replace(/\{(\d+) (.)\}/gu, (_, count: string, character: string) => character.repeat(Number(count)));
}
