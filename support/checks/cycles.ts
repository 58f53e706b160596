/** The groups of nodes that reach each other along these edges, each in alphabetical order. */
export function cyclesOf(edges: readonly (readonly [string, string])[]): string[][] {
  const nodes = [...new Set(edges.flat())].sort();
  const reached = new Map(nodes.map((node) => [node, reachableFrom(node, edges)]));
  const onCycle = (a: string, b: string): boolean => Boolean(reached.get(a)?.has(b) && reached.get(b)?.has(a));
  const groups = nodes.map((node) => nodes.filter((other) => onCycle(node, other))).filter((group) => group.length > 0);
  return groups.filter((group, place) => groups.findIndex((other) => other[0] === group[0]) === place);
}

function reachableFrom(start: string, edges: readonly (readonly [string, string])[]): Set<string> {
  const reached = new Set<string>();
  const waiting = [start];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    for (const [from, to] of edges) {
      if (from !== node || reached.has(to)) continue;
      reached.add(to);
      waiting.push(to);
    }
  }
  return reached;
}
