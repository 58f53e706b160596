/** The JSON Schema of an object with these members and no other; a name that ends in `?` need not be there. */
export function objectForm(members: Readonly<Record<string, object>>) {
  const properties = Object.fromEntries(Object.entries(members).map(([name, member]) => [name.replace('?', ''), member]));
  const required = Object.keys(members).filter((name) => !name.endsWith('?'));
  return { type: 'object', properties, required, additionalProperties: false };
}
