import { writeSync } from 'node:fs';
import { stores } from './stores/index.mjs';
import { entry } from './values.mjs';

// Puts records one by one, and says on its standard error when each is acknowledged: for who looks at its system calls.

const [store, folder, count, records = '100'] = process.argv.slice(2);
const opened = await stores[store].open(folder);
await opened.putAll?.(Array.from({ length: Number(records) }, (_, place) => entry(place)));
await opened.put(entry(0, 1));
writeSync(2, 'acknowledged 0\n');
for (let number = 1; number <= Number(count); number++) {
  await opened.put(entry(number % Number(records), number + 1));
  writeSync(2, `acknowledged ${number}\n`);
}
await opened.close();
