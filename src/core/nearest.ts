/** The word of these that was most likely meant; none, where all of them are too far from it. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  if (word.length > longest) return undefined;
  const near = words
    .map((meant) => ({ meant, edits: editsBetween(word.toLowerCase(), meant.toLowerCase()) }))
    .filter(({ meant, edits }) => edits <= Math.max(1, Math.floor(Math.max(word.length, meant.length) / 3)));
  return near.sort((a, b) => a.edits - b.edits)[0]?.meant;
}

/** Nobody means a known word by a longer one. */
const longest = 64;

/** How many characters are to be added, taken away, replaced, or swapped with their neighbour. */
function editsBetween(from: string, to: string): number {
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, count) => count);
  for (let row = 1; row <= from.length; row++) {
    const next = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      const [above = 0, left = 0, diagonal = 0] = [last[column], next[column - 1], last[column - 1]];
      const edits = Math.min(above + 1, left + 1, diagonal + (isSame ? 0 : 1));
      const isSwapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      next.push(isSwapped ? Math.min(edits, (before[column - 2] ?? 0) + 1) : edits);
    }
    [before, last] = [last, next];
  }
  return last[to.length] ?? 0;
}
