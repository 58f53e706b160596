const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/gs;

/** Whether an object of a JSON text, which must be well-formed, has a member twice: `JSON.parse` takes the last of them. */
export function hasDuplicateMember(text: string): boolean {
  const open: (Set<string> | undefined)[] = [];
  let last = '';
  for (const [token] of text.matchAll(tokens)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const name: string = JSON.parse(last);
      const members = open.at(-1);
      if (members?.has(name)) return true;
      members?.add(name);
    }
    last = token;
  }
  return false;
}
