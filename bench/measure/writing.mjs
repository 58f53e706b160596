import { entry } from './values.mjs';

// Sides that write, made of stores.

/** Each operation puts one record under one of so many ids; the numbers make it another record each time. */
export function putting(name, store, records) {
  return {
    name,
    async operate({ from, count }) {
      for (let number = from; number < from + count; number++) {
        const given = store.put(entry(number % records, number));
        if (given instanceof Promise) await given;
      }
    },
  };
}

/** As `putting`, in one batch each. */
export function puttingAll(name, store, { records, batch }) {
  return {
    name,
    async operate({ from, count }) {
      for (let number = from; number < from + count; number++) {
        const given = store.putAll(Array.from({ length: batch }, (_, place) => entry((number * batch + place) % records, number * batch + place)));
        if (given instanceof Promise) await given;
      }
    },
  };
}

/** So many callers, each of which waits for its put before its next one; an operation is a put of each. */
export function calling(name, put, { records, callers }) {
  return {
    name,
    async operate({ from, count }) {
      const caller = async (place) => {
        for (let number = from; number < from + count; number++) await put(entry((number * callers + place) % records, number * callers + place));
      };
      await Promise.all(Array.from({ length: callers }, (_, place) => caller(place)));
    },
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
