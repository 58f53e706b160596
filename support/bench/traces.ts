const folder = '/store';
const file = '/store/records.json';
const [write, sync] = [`write(5<${file}>, "{", 1) = 1`, `fdatasync(5<${file}>) = 0`];
const rename = `rename("${file}.tmp", "${file}")   = 0`;
const directory = `fsync(6<${folder}>) = 0`;
const temp = [`write(5<${file}.tmp>, "{", 1) = 1`, `fsync(5<${file}.tmp>) = 0`];

/** What strace tells of a store that does this for each of its puts, without the numbers of its threads. */
export const behaviours: Readonly<Record<string, readonly string[]>> = {
  'writes a file': [write],
  'writes a file and syncs another': [write, `fsync(7<${folder}/other>) = 0`],
  'syncs a file and then writes it': [sync, write],
  'writes a file and fails to sync it': [write, `fdatasync(5<${file}>) = -1 EIO (Input/output error)`],
  'writes a file, syncs it and renames it': [...temp, rename],
  'writes a file and syncs it': [write, sync],
  'writes a file and syncs it in another thread': [`pwrite64(5<${file}> <unfinished ...>`, '<... pwrite64 resumed>, "{", 1, 0) = 1', sync],
  'writes a file that was opened to be synced with each write': [write],
  'writes a file, syncs it, renames it and syncs the directory': [...temp, rename, directory],
};

/** Three puts of such a store, each acknowledged before the next. */
export function traceOf(does: string): { readonly text: string; readonly folder: string } {
  const calls = behaviours[does];
  if (calls === undefined) throw new Error(`nothing is known of a store that ${does}`);
  const flags = does.includes('opened to be synced') ? 'O_RDWR|O_DSYNC' : 'O_RDWR';
  const opened = `openat(AT_FDCWD, "${file}", ${flags}) = 5<${file}>`;
  const acknowledged = (number: number) => `write(2</dev/null>, "acknowledged ${number}\\n", 15) = 15`;
  const lines = [opened, acknowledged(0), ...[1, 2, 3].flatMap((number) => [...calls, acknowledged(number)])];
  return { text: lines.map((line) => `${line.includes('sync(') ? 4712 : 4711} ${line}`).join('\n'), folder };
}
