import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { Writer } from 'steno';
import { inTemporary } from '../support/temporary.mjs';

export const peer = 'steno';
export const version = '4.0.2';
export const issue = '12: a write that resolved was never made';
export const promise = 'what was acknowledged was written';

export const run = () =>
  inTemporary(async (directory) => {
    const contents = ['first', 'second', 'third'];
    const written = await writtenDuring(async () => {
      const writer = new Writer(join(directory, 'file'));
      await Promise.all(contents.map((content) => writer.write(content)));
    });
    const dropped = contents.filter((content) => !written.includes(content));
    return { kept: dropped.length === 0, seen: `${contents.length} acknowledged, ${dropped.length} never written (${dropped})` };
  });

/** What is handed to the `writeFile` of node meanwhile. */
async function writtenDuring(work) {
  const { writeFile } = fs;
  const written = [];
  fs.writeFile = (file, data, ...rest) => {
    written.push(data);
    return writeFile(file, data, ...rest);
  };
  syncBuiltinESMExports();
  try {
    await work();
    return written;
  } finally {
    fs.writeFile = writeFile;
    syncBuiltinESMExports();
  }
}
