type Schema = Readonly<Record<string, unknown>>;

/** Where a value is not of the form of a JSON Schema; of its words those that ours uses, and an error for any other. */
export function schemaViolations(value: unknown, schema: Schema, root: Schema = schema, path = '$'): string[] {
  return Object.entries(schema).flatMap(([word, said]) => {
    const judge = words[word];
    if (judge === undefined) throw new Error(`the checker does not know the word ${word}`);
    return judge({ value, said, schema, root, path });
  });
}

interface Asked {
  readonly value: unknown;
  readonly said: unknown;
  readonly schema: Schema;
  readonly root: Schema;
  readonly path: string;
}

const passes = (): string[] => [];
const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  array: Array.isArray,
  object: (value) => isObject(value),
};

const words: Readonly<Record<string, (asked: Asked) => string[]>> = {
  $schema: passes,
  $defs: passes,
  title: passes,
  type: ({ value, said, path }) => (types[String(said)]?.(value) ? [] : [`${path} is no ${said}`]),
  const: ({ value, said, path }) => (value === said ? [] : [`${path} is not ${said}`]),
  enum: ({ value, said, path }) => ((said as unknown[]).includes(value) ? [] : [`${path} is none of ${said}`]),
  pattern: ({ value, said, path }) =>
    typeof value !== 'string' || new RegExp(String(said)).test(value) ? [] : [`${path} is not like ${said}`],
  minimum: ({ value, said, path }) => (typeof value !== 'number' || value >= Number(said) ? [] : [`${path} is less than ${said}`]),
  items: ({ value, said, root, path }) =>
    Array.isArray(value) ? value.flatMap((item, place) => schemaViolations(item, said as Schema, root, `${path}[${place}]`)) : [],
  required: ({ value, said, path }) =>
    isObject(value) ? (said as string[]).filter((name) => !Object.hasOwn(value, name)).map((name) => `${path} has no ${name}`) : [],
  properties: ({ value, said, root, path }) =>
    membersOf(value).flatMap(([name, member]) => {
      const known = (said as Record<string, Schema>)[name];
      return known === undefined ? [] : schemaViolations(member, known, root, `${path}.${name}`);
    }),
  additionalProperties: ({ value, said, schema, root, path }) => {
    const known = Object.keys((schema.properties as object | undefined) ?? {});
    const others = membersOf(value).filter(([name]) => !known.includes(name));
    if (said === false) return others.map(([name]) => `${path} has a member ${name}`);
    return others.flatMap(([name, member]) => schemaViolations(member, said as Schema, root, `${path}.${name}`));
  },
  $ref: ({ value, said, root, path }) => {
    const name = String(said).replace('#/$defs/', '');
    const found = (root.$defs as Record<string, Schema>)[name];
    if (found === undefined) throw new Error(`the schema has no ${said}`);
    return schemaViolations(value, found, root, path);
  },
};

function membersOf(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
