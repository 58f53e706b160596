import { entry } from './values.mjs';

// Sides that write, made of stores.

/** Which record a number is about: models change in no order of their ids. */
const placeOf = (number, records) => (number * 6007) % records;

/** Each operation puts one record under one of so many ids; the numbers make it another record each time. */
export function putting(name, store, records) {
  return preparing(name, {
    valueOf: (number) => entry(placeOf(number, records), number),
    async write(values) {
      for (const value of values) {
        const given = store.put(value);
        if (given instanceof Promise) await given;
      }
    },
  });
}

/** As `putting`, in one batch each. */
export function puttingAll(name, store, { records, batch }) {
  return preparing(name, {
    valueOf: (number) => Array.from({ length: batch }, (_, place) => entry(placeOf(number * batch + place, records), number * batch + place)),
    async write(values) {
      for (const value of values) {
        const given = store.putAll(value);
        if (given instanceof Promise) await given;
      }
    },
  });
}

/** So many callers, each of which waits for its put before its next one; an operation is a put of each. */
export function calling(name, put, { records, callers }) {
  return preparing(name, {
    valueOf: (number) =>
      Array.from({ length: callers }, (_, place) => entry(placeOf(number * callers + place, records), number * callers + place)),
    async write(values) {
      const caller = async (place) => {
        for (const value of values) await put(value[place]);
      };
      await Promise.all(Array.from({ length: callers }, (_, place) => caller(place)));
    },
  });
}

/** What is written is made before the clock runs: to make it is nobody's work. */
export function preparing(name, { valueOf, write }) {
  let values = [];
  return {
    name,
    before({ from, count }) {
      values = Array.from({ length: count }, (_, nth) => valueOf(from + nth));
    },
    operate: () => write(values),
  };
}

/** Puts before anything counts: until a log is as long as it becomes, and what is compiled is compiled. */
export async function settle(store, { records, puts }) {
  for (let number = 0; number < puts; number++) await store.put(entry(number % records, 1_000_000_000 + number));
}

/** Takes stores away that `Context.filled` gave. */
export function closing(context, stores) {
  return async () => {
    for (const store of stores) {
      await store.close();
      context.remove(store.folder);
    }
  };
}
