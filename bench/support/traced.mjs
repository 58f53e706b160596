import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { inChild } from './children.mjs';
import { inTemporary } from './temporary.mjs';

const calls = 'trace=fsync,fdatasync,rename,renameat,renameat2,link,linkat,write';

/** Whether the kernel can be watched here. */
export const canTrace = () => spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0;

/** In a child: the write begins, or its peer says that it is done. The trace is judged between the two. */
export const begin = () => mark('begins');
export const acknowledged = () => mark('acknowledged');

function mark(what) {
  writeSync(1, `${JSON.stringify({ [what]: true })}\n`);
}

/**
 * What a function of a module synced of the directory that it is given, under strace, between its two marks. Which directories a
 * peer needs is its own affair; one after the last name that it gave is everybody's.
 */
export async function syncsOf(module, name) {
  return inTemporary(async (temporary) => {
    const [directory, trace] = [join(temporary, 'data'), join(temporary, 'trace')];
    mkdirSync(directory);
    await inChild({ module, name, args: [directory], command: ['strace', '-f', '-y', '-qq', '-s', '300', '-e', calls, '-o', trace] });
    return judge(between(readFileSync(trace, 'utf8').split('\n')), directory);
  });
}

function between(lines) {
  const [from, to] = ['begins', 'acknowledged'].map((what) => lines.findIndex((line) => /write\(1</.test(line) && line.includes(what)));
  if (from < 0 || to < from) throw new Error('the trace lacks a mark');
  return lines.slice(from, to);
}

/** A temp is gone by now; a directory is not. */
function judge(lines, directory) {
  const synced = lines.map((line) => /f(?:data)?sync\(\d+<([^>]*)>/.exec(line)?.[1]);
  const isDirectory = (path) => path?.startsWith(directory) && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const named = lines.findLastIndex((line) => /(rename|link)\w*\(/.test(line) && line.includes(directory));
  const directories = synced.filter(isDirectory).length;
  const files = synced.filter((path) => path?.startsWith(directory)).length - directories;
  return { kept: synced.slice(named + 1).some(isDirectory), seen: `acknowledged; synced files ${files}x, directories ${directories}x` };
}
