/** What everybody shares: the constructors, their prototypes, and those of what they make. */
function shared(): readonly (readonly [name: string, object])[] {
  const constructors = Object.getOwnPropertyNames(globalThis).flatMap((name) => {
    // Some are made when they are first asked for.
    const value: unknown = Reflect.get(globalThis, name);
    return typeof value === 'function' && typeof value.prototype === 'object' ? [[name, value] as const] : [];
  });
  const prototypes = constructors.map(([name, value]) => [`${name}.prototype`, value.prototype as object] as const);
  const iterators = [[].values(), new Map().values(), new Set().values(), ''.matchAll(/a/g), (function* () {})()];
  const above = iterators.map((one, nth) => [`iterator ${nth}`, Object.getPrototypeOf(one) as object] as const);
  const spaces = Object.entries({ JSON, Math, Reflect, Atomics, globalThis }) as (readonly [string, object])[];
  return [...constructors, ...prototypes, ...above, ...spaces].filter(([, value]) => value !== null);
}

type Kept = readonly [name: string, object, parent: unknown, members: ReadonlyMap<PropertyKey, PropertyDescriptor>];

/** All that is shared as it is now; `changed` names what is otherwise later. */
export class Inventory {
  readonly #kept: readonly Kept[] = shared().map(([name, value]) => [name, value, Object.getPrototypeOf(value), membersOf(value)]);

  changed(): readonly string[] {
    return this.#kept.flatMap(([name, value, parent, before]) => {
      const now = membersOf(value);
      const other = [...new Set([...before.keys(), ...now.keys()])].filter((key) => !isSame(before.get(key), now.get(key)));
      const changes = other.map((key) => `${name}.${String(key)}`);
      return Object.getPrototypeOf(value) === parent ? changes : [...changes, `the prototype of ${name}`];
    });
  }
}

function membersOf(value: object): ReadonlyMap<PropertyKey, PropertyDescriptor> {
  return new Map(
    Reflect.ownKeys(value).flatMap((key) => {
      const found = Reflect.getOwnPropertyDescriptor(value, key);
      return found === undefined || key === 'stackTraceLimit' ? [] : [[key, found] as const];
    }),
  );
}

function isSame(one: PropertyDescriptor | undefined, other: PropertyDescriptor | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return Object.is(one.value, other.value) && one.get === other.get && one.set === other.set && one.writable === other.writable;
}
