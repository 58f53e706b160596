import fs from 'node:fs';
import { join } from 'node:path';

// The bare system calls, without anything that a store does besides.

const extentBytes = 64 * 1024 * 1024;

/** Writes over zeros that are on the disk already, and syncs: nothing durable costs less. */
export const overwrite = {
  name: 'bare overwrite and fdatasync',
  settings: 'zeros written before',
  open(folder) {
    const handle = fs.openSync(join(folder, 'floor'), 'w', 0o600);
    fs.writeSync(handle, Buffer.alloc(extentBytes));
    fs.fsyncSync(handle);
    let position = 0;
    const write = (bytes) => {
      if (position + bytes.length > extentBytes) position = 0;
      fs.writeSync(handle, bytes, 0, bytes.length, position);
      fs.fdatasyncSync(handle);
      position += bytes.length;
    };
    return {
      put: (record) => write(Buffer.from(JSON.stringify(record))),
      putAll: (records) => write(Buffer.from(JSON.stringify(records))),
      close: () => fs.closeSync(handle),
    };
  },
};

/** The steps of a file that replaces another: temp, write, sync, link, rename, and both directories. */
export function replacing(folder) {
  const [published, aside] = [join(folder, 'published'), join(folder, 'aside')];
  for (const place of [published, aside]) fs.mkdirSync(place, { recursive: true });
  const syncFolder = (place) => {
    const handle = fs.openSync(place, 'r');
    fs.fsyncSync(handle);
    fs.closeSync(handle);
  };
  let number = 0;
  return (bytes) => {
    const temp = join(aside, 'temp');
    const handle = fs.openSync(temp, 'wx', 0o600);
    fs.writeSync(handle, bytes);
    fs.fsyncSync(handle);
    fs.closeSync(handle);
    fs.linkSync(temp, join(published, `${++number}`));
    syncFolder(published);
    fs.renameSync(temp, join(aside, 'newest'));
    syncFolder(aside);
    if (number > 8) fs.unlinkSync(join(published, `${number - 8}`));
  };
}
