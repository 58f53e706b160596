import { fork } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stores } from './stores/index.mjs';
import { entry, idOf } from './values.mjs';

const script = fileURLToPath(new URL('writer.mjs', import.meta.url));
const isJson = (kind) => kind.includes('JSON');

/** So many processes with one store that has so many records; they stay until they are closed. */
export async function startWriters(context, kind, { processes, records }) {
  const folder = context.folder();
  await begin(kind, folder, records);
  const children = [];
  for (let mine = 0; mine < processes; mine++) {
    const child = fork(script, [kind, folder, String(mine)]);
    await once(child, 'message');
    children.push(child);
  }
  return new Writers({ context, kind, folder, children });
}

async function begin(kind, folder, records) {
  const all = Array.from({ length: records }, (_, place) => entry(place));
  if (isJson(kind)) return fs.writeFileSync(join(folder, 'records.json'), JSON.stringify(Object.fromEntries(all.map((record) => [record.id, record]))));
  const store = await stores[kind].open(folder);
  await store.putAll(all);
  await store.close();
}

class Writers {
  #of;
  /** The longest that any operation took, in each run, in milliseconds. */
  worst = [];

  constructor(of) {
    this.#of = of;
  }

  /** All of them do so many operations each, at once; resolves when the last one is done. */
  async all(operation, { from, count }) {
    const { children } = this.#of;
    const told = children.map((child) => once(child, 'message'));
    for (const [place, child] of children.entries()) child.send({ operation, from: from * children.length + place * count, count });
    const answers = (await Promise.all(told)).map(([answer]) => answer);
    this.worst.push(Math.max(...answers.map(({ worst }) => worst)));
  }

  /** What the counter says that all of them increment. */
  async counted() {
    const { kind, folder } = this.#of;
    if (isJson(kind)) return JSON.parse(fs.readFileSync(join(folder, 'records.json'), 'utf8'))[idOf(0)].bytes - entry(0).bytes;
    const store = await stores[kind].open(folder);
    const found = await store.get(idOf(0));
    await store.close();
    return (found.record ?? found).bytes - entry(0).bytes;
  }

  async end() {
    const { children } = this.#of;
    await Promise.all(children.map(async (child) => child.send({ operation: 'end' }) && (await once(child, 'exit'))));
  }

  remove() {
    this.#of.context.remove(this.#of.folder);
  }
}
