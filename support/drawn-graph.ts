/** What a graph in ASCII, newest first, says: the labels of its events from top to bottom, and of each effect that has a line its cause. */
export function readGraph(lines: readonly string[]): { readonly labels: readonly string[]; readonly causes: ReadonlyMap<string, string> } {
  const labels: string[] = [];
  const causes = new Map<string, string>();
  /** The effects whose cause each column leads to. */
  const open: string[][] = [];
  for (const line of lines) {
    const event = /^((?:[|*o~ ] )+)(\w+)$/.exec(line);
    if (event === null) {
      joinColumns(line, open);
      continue;
    }
    const [, cells = '', label = ''] = event;
    const at = cells.search(/[*o~]/) / 2;
    labels.push(label);
    for (const effect of open[at] ?? []) causes.set(effect, label);
    open[at] = cells[at * 2] === 'o' ? [label] : [];
    checkLines(cells, open, at);
  }
  return { labels, causes };
}

/** A line is where a column leads to a cause, and nowhere else. */
function checkLines(cells: string, open: readonly (readonly string[])[], at: number): void {
  for (let column = 0; column < Math.max(open.length, cells.length / 2); column++) {
    const isDrawn = cells[column * 2] === '|';
    if (column !== at && isDrawn !== (open[column] ?? []).length > 0) throw new Error(`column ${column} of "${cells}" leads nowhere`);
  }
}

function joinColumns(line: string, open: string[][]): void {
  const end = line.indexOf('/');
  const right = (end + 1) / 2;
  let left = right - 1;
  while (left > 0 && line[left * 2 - 1] === '_') left--;
  if (end === -1 || line[left * 2] !== '|') throw new Error(`"${line}" joins nothing`);
  open[left] = [...(open[left] ?? []), ...(open[right] ?? [])];
  open[right] = [];
}
