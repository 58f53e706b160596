/** A cell of a feature file in which `\uXXXX` stands for that character. */
export function unescaped(cell: string): string {
  return cell.replace(/\\u([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** A cell of a feature file in which `{64 a}` stands for 64 times "a". */
export function unfolded(cell: string): string {
  return cell.replace(/\{(\d+) (.)\}/gu, (_, count: string, character: string) => character.repeat(Number(count)));
}

/** A cell of a feature file of bytes: `\xNN` is a byte, `{64 a}` or `{64 \x00}` is 64 times one, all else is UTF-8. */
export function bytesOfCell(cell: string): Buffer {
  const repeated = cell.replace(/\{(\d+) (\\x[0-9a-f]{2}|[^}\\])\}/g, (_, count: string, one: string) => one.repeat(Number(count)));
  const pieces = repeated.split(/(\\x[0-9a-f]{2})/).map((piece) => {
    return /^\\x[0-9a-f]{2}$/.test(piece) ? Buffer.from(piece.slice(2), 'hex') : Buffer.from(piece);
  });
  return Buffer.concat(pieces);
}
