import { clockMs } from './clock.mjs';

/** A process of watchers: `<engine> <url> <how many>`, each with a handle of its own. Asked for a revision it tells when the last of them was told. */
const [engine, url, count] = process.argv.slice(2);
const stores = { PostgreSQL: ['postgres', 'PostgresCatalog'], etcd: ['etcd', 'EtcdCatalog'] };
const [folder, name] = stores[engine];
const { [name]: Store } = await import(`../../dist/stores/${folder}/index.js`);

const told = new Map();
const asked = new Map();
const handles = [];

function tell(revision) {
  const { times, at } = told.get(revision) ?? { times: 0 };
  if (times < Number(count) || !asked.has(revision)) return;
  asked.delete(revision);
  process.send({ at });
}

async function watch(handle) {
  for await (const { revision } of handle.models.watch()) {
    told.set(revision, { times: (told.get(revision)?.times ?? 0) + 1, at: clockMs() });
    tell(revision);
  }
}

process.on('message', ({ revision }) => {
  asked.set(revision, true);
  tell(revision);
});
process.on('disconnect', async () => {
  await Promise.all(handles.map((handle) => handle.close()));
  process.exit();
});

for (let nth = 0; nth < Number(count); nth++) {
  const handle = await Store.open({ url });
  handles.push(handle);
  void watch(handle);
  await handle.models.get('nothing');
}
process.send('ready');
