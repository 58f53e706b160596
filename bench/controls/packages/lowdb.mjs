import { Low } from 'lowdb';
import { JSONFile } from 'lowdb/node';

export const label = 'lowdb';
export const options = '`JSONFile`; no option for it';

export async function save(folder, value) {
  const db = opened(folder);
  await db.read();
  await db.update((data) => {
    data.value = value;
  });
}

export async function load(folder) {
  const db = opened(folder);
  await db.read();
  return db.data.value;
}

const opened = (folder) => new Low(new JSONFile(`${folder}/db.json`), { value: 'the default' });
