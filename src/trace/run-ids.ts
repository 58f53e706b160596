/** What runs are called: their files without folder and ending; where two would be called the same, with the folders that they do not share. */
export function runIds(paths: readonly string[]): ReadonlyMap<string, string> {
  const shortOf = (path: string): string => path.replace(/^.*\//, '').replace(/\.ndjson$/, '');
  const counts = new Map<string, number>();
  for (const path of paths) counts.set(shortOf(path), (counts.get(shortOf(path)) ?? 0) + 1);
  const common = commonFolder(paths).length;
  return new Map(
    paths.map((path) => [path, counts.get(shortOf(path)) === 1 ? shortOf(path) : path.slice(common).replace(/\.ndjson$/, '')]),
  );
}

/** With its slash at the end; empty where there is none. */
function commonFolder([first = '', ...others]: readonly string[]): string {
  const parts = first.split('/').slice(0, -1);
  const isCommon = (count: number): boolean => others.every((path) => path.startsWith(`${parts.slice(0, count).join('/')}/`));
  let count = parts.length;
  while (count > 0 && !isCommon(count)) count -= 1;
  return count === 0 ? '' : `${parts.slice(0, count).join('/')}/`;
}
