/** What a feature file calls by this name; a name that nobody knows is a mistake in it. */
export function known<T>(all: Readonly<Record<string, T>>, name: string): T {
  const found = all[name];
  if (found === undefined) throw new Error(`"${name}" is not known; known are ${Object.keys(all).join(', ')}`);
  return found;
}
