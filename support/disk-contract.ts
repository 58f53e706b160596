import { expect } from 'chai';
import {
  awaitChange,
  changeMode,
  clone,
  close,
  createExclusive,
  type DiskProgram,
  fileSystem,
  link,
  list,
  makeDirectory,
  openDirectory,
  openFile,
  openForUpdate,
  openOrCreate,
  read,
  readLink,
  realPath,
  removeDirectory,
  rename,
  stat,
  statHandle,
  symlink,
  sync,
  truncate,
  tryLock,
  unlink,
  unlock,
  wait,
  watchDirectory,
  write,
} from '../src/disk/program.js';
import { type FileStat, isDiskError } from '../src/disk/steps.js';

/** One promise that every disk keeps (CAT-SIM-5001); `base` is an empty directory without links in its path. */
export interface DiskContractCase {
  readonly title: string;
  readonly program: (base: string) => DiskProgram<void>;
}

export const diskContract: readonly DiskContractCase[] = [
  {
    title: 'an exclusive create makes a file with the mode it was given',
    *program(base) {
      yield* close(yield* createExclusive(`${base}/a`, 0o600));
      expect(yield* present(`${base}/a`)).to.include({ type: 'file', size: 0, mode: 0o600, links: 1 });
    },
  },
  {
    title: 'an exclusive create refuses a name that is taken',
    *program(base) {
      yield* file(`${base}/a`, 'one');
      yield* fails(createExclusive(`${base}/a`, 0o600), 'EEXIST');
      expect(yield* text(`${base}/a`)).to.equal('one');
    },
  },
  {
    title: 'an exclusive create refuses a dangling link and does not go through it',
    *program(base) {
      yield* symlink(`${base}/nowhere`, `${base}/a`);
      yield* fails(createExclusive(`${base}/a`, 0o600), 'EEXIST');
      expect(yield* stat(`${base}/nowhere`)).to.equal(undefined);
    },
  },
  {
    title: 'an exclusive create refuses a directory',
    *program(base) {
      yield* makeDirectory(`${base}/d`, 0o700);
      yield* fails(createExclusive(`${base}/d`, 0o600), 'EEXIST');
    },
  },
  {
    title: 'a file is created in no missing directory and in no file',
    *program(base) {
      yield* file(`${base}/a`, 'one');
      yield* fails(createExclusive(`${base}/missing/b`, 0o600), 'ENOENT');
      yield* fails(createExclusive(`${base}/a/b`, 0o600), 'ENOTDIR');
    },
  },
  {
    title: 'a missing file is opened neither to read nor to update',
    *program(base) {
      yield* fails(openFile(`${base}/a`), 'ENOENT');
      yield* fails(openForUpdate(`${base}/a`), 'ENOENT');
    },
  },
  {
    title: 'open or create makes a missing file and keeps the bytes of one that is there',
    *program(base) {
      const made = yield* openOrCreate(`${base}/a`, 0o640);
      yield* write(made, [bytes('one')], 0);
      yield* close(made);
      yield* close(yield* openOrCreate(`${base}/a`, 0o600));
      expect(yield* text(`${base}/a`)).to.equal('one');
      expect(yield* present(`${base}/a`)).to.include({ mode: 0o640 });
    },
  },
  {
    title: 'a link in the last part of a path is not opened unless that is asked for',
    *program(base) {
      yield* file(`${base}/a`, 'one');
      yield* symlink('a', `${base}/l`);
      yield* fails(openFile(`${base}/l`), 'ELOOP');
      yield* fails(openForUpdate(`${base}/l`), 'ELOOP');
      yield* fails(openOrCreate(`${base}/l`, 0o600), 'ELOOP');
      const handle = yield* openFile(`${base}/l`, { follow: true });
      expect((yield* readAt(handle, 10, 0)).text).to.equal('one');
      yield* close(handle);
    },
  },
  {
    title: 'links in earlier parts of a path are followed',
    *program(base) {
      yield* makeDirectory(`${base}/d`, 0o700);
      yield* file(`${base}/d/a`, 'one');
      yield* symlink('d', `${base}/l`);
      expect(yield* text(`${base}/l/a`)).to.equal('one');
      expect(yield* text(`${base}/l/../d/./a`)).to.equal('one');
    },
  },
  {
    title: 'links that lead to each other end in ELOOP',
    *program(base) {
      yield* symlink('m', `${base}/l`);
      yield* symlink('l', `${base}/m`);
      yield* fails(openFile(`${base}/l`, { follow: true }), 'ELOOP');
      yield* fails(list(`${base}/l/x`), 'ELOOP');
    },
  },
  {
    title: 'a directory is opened as one, and a file or a link is not',
    *program(base) {
      yield* makeDirectory(`${base}/d`, 0o700);
      yield* file(`${base}/a`, 'one');
      yield* symlink('d', `${base}/l`);
      yield* close(yield* openDirectory(`${base}/d`));
      yield* fails(openDirectory(`${base}/a`), 'ENOTDIR');
      yield* fails(openDirectory(`${base}/l`), 'ENOTDIR');
      yield* fails(openDirectory(`${base}/missing`), 'ENOENT');
    },
  },
  {
    title: 'a directory is not opened for writing and gives no bytes',
    *program(base) {
      yield* makeDirectory(`${base}/d`, 0o700);
      yield* fails(openForUpdate(`${base}/d`), 'EISDIR');
      yield* fails(openOrCreate(`${base}/d`, 0o600), 'EISDIR');
      const handle = yield* openDirectory(`${base}/d`);
      yield* fails(read(handle, new Uint8Array(4), 0), 'EISDIR');
      yield* close(handle);
    },
  },
  {
    title: 'gathered pieces are written one after the other at a position',
    *program(base) {
      const handle = yield* createExclusive(`${base}/a`, 0o600);
      expect(yield* write(handle, [bytes('ab'), bytes(''), bytes('cde')], 0)).to.equal(5);
      expect(yield* write(handle, [bytes('X'), bytes('Y')], 1)).to.equal(2);
      expect((yield* readAt(handle, 10, 0)).text).to.equal('aXYde');
      yield* close(handle);
    },
  },
  {
    title: 'a read gives what there is and nothing at the end',
    *program(base) {
      yield* file(`${base}/a`, 'abcdef');
      const handle = yield* openFile(`${base}/a`);
      expect(yield* readAt(handle, 4, 4)).to.deep.equal({ count: 2, text: 'ef' });
      expect(yield* readAt(handle, 4, 6)).to.deep.equal({ count: 0, text: '' });
      expect(yield* readAt(handle, 4, 600)).to.deep.equal({ count: 0, text: '' });
      expect(yield* readAt(handle, 3, 1)).to.deep.equal({ count: 3, text: 'bcd' });
      yield* close(handle);
    },
  },
  {
    title: 'a hole reads as zeros',
    *program(base) {
      const handle = yield* createExclusive(`${base}/a`, 0o600);
      yield* write(handle, [bytes('z')], 4);
      expect((yield* readAt(handle, 10, 0)).text).to.equal('\0\0\0\0z');
      yield* close(handle);
    },
  },
  {
    title: 'truncating cuts off, and extends with zeros',
    *program(base) {
      const handle = yield* createExclusive(`${base}/a`, 0o600);
      yield* write(handle, [bytes('abcdef')], 0);
      yield* truncate(handle, 2);
      yield* truncate(handle, 4);
      expect((yield* readAt(handle, 10, 0)).text).to.equal('ab\0\0');
      expect((yield* statHandle(handle)).size).to.equal(4);
      yield* close(handle);
    },
  },
  {
    title: 'a handle for reading takes no writes',
    *program(base) {
      yield* file(`${base}/a`, 'one');
      const handle = yield* openFile(`${base}/a`);
      yield* fails(write(handle, [bytes('two')], 0), 'EBADF');
      yield* fails(truncate(handle, 0), 'EINVAL');
      yield* close(handle);
      expect(yield* text(`${base}/a`)).to.equal('one');
    },
  },
  {
    title: 'files and directories can be synced, through handles for reading too',
    *program(base) {
      const handle = yield* createExclusive(`${base}/a`, 0o600);
      yield* write(handle, [bytes('one')], 0);
      yield* sync(handle);
      yield* close(handle);
      const reading = yield* openFile(`${base}/a`);
      yield* sync(reading);
      yield* close(reading);
      const directory = yield* openDirectory(base);
      yield* sync(directory, 'SyncDirectory');
      yield* close(directory);
    },
  },
  {
    title: 'what is written behind the caller is there for every step that comes after',
    *program(base) {
      const handle = yield* createExclusive(`${base}/a`, 0o600);
      for (const [place, of] of [...'abc'].entries()) {
        expect(yield* write(handle, [large(of)], place * largeBytes, { behind: true })).to.equal(largeBytes);
      }
      expect((yield* statHandle(handle)).size).to.equal(3 * largeBytes);
      expect((yield* readAt(handle, 2, 2 * largeBytes - 1)).text).to.equal('bc');
      yield* write(handle, [large('d')], 0, { behind: true });
      yield* sync(handle);
      yield* write(handle, [large('e')], largeBytes, { behind: true });
      yield* close(handle);
      expect(yield* text(`${base}/a`, 3)).to.equal('ddd');
      expect(yield* text(`${base}/a`, 3, largeBytes)).to.equal('eee');
    },
  },
  {
    title: 'what fails behind the caller is told by a step that relies on it, each time',
    *program(base) {
      yield* file(`${base}/a`, 'one');
      const handle = yield* openFile(`${base}/a`);
      const behind = function* (): DiskProgram<void> {
        yield* write(handle, [large('x')], 0, { behind: true });
        yield* sync(handle);
      };
      yield* fails(behind(), 'EBADF');
      yield* fails(behind(), 'EBADF');
      yield* close(handle);
      expect(yield* text(`${base}/a`)).to.equal('one');
    },
  },
  {
    title: 'what is read ahead is what is asked for, or is read anew',
    *program(base) {
      const handle = yield* createExclusive(`${base}/a`, 0o600);
      for (const [place, of] of [...'abcd'].entries()) yield* write(handle, [large(of)], place * largeBytes);
      const buffers = [0, 1].map(() => new Uint8Array(largeBytes)) as [Uint8Array, Uint8Array];
      const wanted = ['ahead', 'elsewhere', 'ahead'];
      let position = 0;
      for (const [number, where] of wanted.entries()) {
        const [into, next] = number % 2 === 0 ? buffers : ([buffers[1], buffers[0]] as const);
        const ahead = { into: next, position: position + largeBytes };
        expect(yield* read(handle, into, position, { ahead })).to.equal(largeBytes);
        expect(into[0]).to.equal('abcd'.charCodeAt(position / largeBytes));
        position = where === 'ahead' ? ahead.position : 3 * largeBytes - position;
      }
      yield* close(handle);
    },
  },
  {
    title: 'syncs that are begun together are each told of',
    *program(base) {
      const handles: number[] = [];
      for (const name of ['a', 'b', 'c']) handles.push(yield* createExclusive(`${base}/${name}`, 0o600));
      for (const handle of handles) yield* write(handle, [large('x')], 0, { behind: true });
      const [first = 0, ...ahead] = handles;
      yield* sync(first, 'Sync', { ahead });
      yield* write(ahead[0] ?? 0, [large('y')], 0, { behind: true });
      for (const handle of ahead) yield* sync(handle);
      for (const handle of handles) yield* close(handle);
      expect(yield* text(`${base}/b`, 1)).to.equal('y');
      expect(yield* names(base)).to.deep.equal(['a', 'b', 'c']);
    },
  },
  {
    title: 'a second name of a file shows the same inode, bytes and count of names',
    *program(base) {
      const first = yield* file(`${base}/a`, 'one');
      yield* link(`${base}/a`, `${base}/b`);
      const second = yield* present(`${base}/b`);
      expect(second.inode).to.equal(first.inode);
      expect(second.links).to.equal(2);
      yield* unlink(`${base}/a`);
      expect(yield* text(`${base}/b`)).to.equal('one');
      expect((yield* present(`${base}/b`)).links).to.equal(1);
    },
  },
  {
    title: 'a link never takes a name that is taken',
    *program(base) {
      yield* file(`${base}/a`, 'one');
      yield* file(`${base}/b`, 'two');
      yield* fails(link(`${base}/a`, `${base}/b`), 'EEXIST');
      yield* fails(link(`${base}/a`, `${base}/a`), 'EEXIST');
      expect(yield* text(`${base}/b`)).to.equal('two');
    },
  },
  {
    title: 'a link needs a file to link',
    *program(base) {
      yield* makeDirectory(`${base}/d`, 0o700);
      yield* fails(link(`${base}/missing`, `${base}/b`), 'ENOENT');
      yield* fails(link(`${base}/d`, `${base}/b`), 'EPERM');
    },
  },
  {
    title: 'a link to a link is a second name of the link itself',
    *program(base) {
      yield* symlink('nowhere', `${base}/l`);
      yield* link(`${base}/l`, `${base}/m`);
      expect(yield* readLink(`${base}/m`)).to.equal('nowhere');
      expect((yield* present(`${base}/m`)).links).to.equal(2);
    },
  },
  {
    title: 'a rename replaces what bears the new name',
    *program(base) {
      const moved = yield* file(`${base}/a`, 'one');
      yield* file(`${base}/b`, 'two');
      yield* rename(`${base}/a`, `${base}/b`);
      expect(yield* stat(`${base}/a`)).to.equal(undefined);
      expect((yield* present(`${base}/b`)).inode).to.equal(moved.inode);
      expect(yield* text(`${base}/b`)).to.equal('one');
    },
  },
  {
    title: 'a rename of one of two names of an inode onto the other does nothing and succeeds',
    *program(base) {
      yield* file(`${base}/a`, 'one');
      yield* link(`${base}/a`, `${base}/b`);
      yield* rename(`${base}/a`, `${base}/b`);
      expect((yield* names(base)).join()).to.equal('a,b');
      expect((yield* present(`${base}/a`)).links).to.equal(2);
    },
  },
  {
    title: 'a rename of nothing, or into nothing, is refused',
    *program(base) {
      yield* file(`${base}/a`, 'one');
      yield* fails(rename(`${base}/missing`, `${base}/b`), 'ENOENT');
      yield* fails(rename(`${base}/a`, `${base}/missing/b`), 'ENOENT');
      yield* fails(rename(`${base}/a/x`, `${base}/b`), 'ENOTDIR');
    },
  },
  {
    title: 'a rename of a link moves the link and leaves its target alone',
    *program(base) {
      yield* file(`${base}/a`, 'one');
      yield* symlink('a', `${base}/l`);
      yield* rename(`${base}/l`, `${base}/m`);
      expect(yield* readLink(`${base}/m`)).to.equal('a');
      expect((yield* names(base)).join()).to.equal('a,m');
    },
  },
  {
    title: 'a directory renamed onto a full one is refused: a compare-and-set without links',
    *program(base) {
      yield* makeDirectory(`${base}/mine`, 0o700);
      yield* file(`${base}/mine/index`, 'mine');
      yield* makeDirectory(`${base}/theirs`, 0o700);
      yield* file(`${base}/theirs/index`, 'theirs');
      yield* fails(rename(`${base}/mine`, `${base}/theirs`), 'ENOTEMPTY', 'EEXIST');
      expect(yield* text(`${base}/theirs/index`)).to.equal('theirs');
      yield* rename(`${base}/mine`, `${base}/free`);
      expect(yield* text(`${base}/free/index`)).to.equal('mine');
    },
  },
  {
    title: 'a directory renamed onto an empty one takes its place',
    *program(base) {
      yield* makeDirectory(`${base}/mine`, 0o700);
      yield* file(`${base}/mine/index`, 'mine');
      yield* makeDirectory(`${base}/empty`, 0o700);
      yield* rename(`${base}/mine`, `${base}/empty`);
      expect((yield* names(base)).join()).to.equal('empty');
      expect(yield* text(`${base}/empty/index`)).to.equal('mine');
    },
  },
  {
    title: 'files and directories do not replace each other',
    *program(base) {
      yield* makeDirectory(`${base}/d`, 0o700);
      yield* file(`${base}/a`, 'one');
      yield* fails(rename(`${base}/d`, `${base}/a`), 'ENOTDIR');
      yield* fails(rename(`${base}/a`, `${base}/d`), 'EISDIR');
    },
  },
  {
    title: 'a directory is not moved into itself',
    *program(base) {
      yield* makeDirectory(`${base}/d`, 0o700);
      yield* makeDirectory(`${base}/d/e`, 0o700);
      yield* fails(rename(`${base}/d`, `${base}/d/e/f`), 'EINVAL');
      yield* fails(rename(`${base}/d/e`, `${base}/d`), 'ENOTEMPTY');
    },
  },
  {
    title: 'an unlinked file stays readable and writable through its handles',
    *program(base) {
      yield* file(`${base}/a`, 'one');
      const handle = yield* openForUpdate(`${base}/a`);
      yield* unlink(`${base}/a`);
      yield* write(handle, [bytes('two!')], 0);
      expect((yield* readAt(handle, 10, 0)).text).to.equal('two!');
      expect((yield* statHandle(handle)).links).to.equal(0);
      yield* close(handle);
      expect(yield* stat(`${base}/a`)).to.equal(undefined);
    },
  },
  {
    title: 'an inode is the same by handle and by name, and another one after a replacement',
    *program(base) {
      yield* file(`${base}/a`, 'one');
      const handle = yield* openFile(`${base}/a`);
      const held = yield* statHandle(handle);
      const named = yield* present(`${base}/a`);
      expect([named.inode, named.device]).to.deep.equal([held.inode, held.device]);
      yield* file(`${base}/b`, 'two');
      yield* rename(`${base}/b`, `${base}/a`);
      expect((yield* present(`${base}/a`)).inode).to.not.equal(held.inode);
      expect((yield* statHandle(handle)).inode).to.equal(held.inode);
      yield* close(handle);
    },
  },
  {
    title: 'the names of a directory are all listed, and no others',
    *program(base) {
      yield* makeDirectory(`${base}/d`, 0o700);
      yield* file(`${base}/d/inner`, '');
      yield* file(`${base}/a`, '');
      yield* symlink('nowhere', `${base}/l`);
      expect((yield* names(base)).join()).to.equal('a,d,l');
      yield* unlink(`${base}/a`);
      expect((yield* names(base)).join()).to.equal('d,l');
    },
  },
  {
    title: 'listing needs a directory',
    *program(base) {
      yield* file(`${base}/a`, '');
      yield* fails(list(`${base}/a`), 'ENOTDIR');
      yield* fails(list(`${base}/missing`), 'ENOENT');
    },
  },
  {
    title: 'a look at nothing gives undefined',
    *program(base) {
      yield* file(`${base}/a`, '');
      yield* symlink('nowhere', `${base}/l`);
      expect(yield* stat(`${base}/missing`)).to.equal(undefined);
      expect(yield* stat(`${base}/missing/b`)).to.equal(undefined);
      expect(yield* stat(`${base}/a/b`)).to.equal(undefined);
      expect(yield* stat(`${base}/l`, { follow: true })).to.equal(undefined);
      expect((yield* present(`${base}/l`)).type).to.equal('symlink');
    },
  },
  {
    title: 'the real path has neither links nor dots, and is undefined where a part is missing',
    *program(base) {
      yield* makeDirectory(`${base}/d`, 0o700);
      yield* file(`${base}/d/a`, '');
      yield* symlink('d', `${base}/l`);
      expect(yield* realPath(`${base}/l/../l/./a`)).to.equal(`${base}/d/a`);
      expect(yield* realPath(`${base}/l`)).to.equal(`${base}/d`);
      expect(yield* realPath(`${base}/d/..`)).to.equal(base);
      expect(yield* realPath(`${base}/d/missing`)).to.equal(undefined);
      expect(yield* realPath(`${base}/missing/a`)).to.equal(undefined);
    },
  },
  {
    title: 'a link tells its target, and only a link has one',
    *program(base) {
      yield* symlink('../some/where', `${base}/l`);
      yield* file(`${base}/a`, '');
      expect(yield* readLink(`${base}/l`)).to.equal('../some/where');
      expect((yield* present(`${base}/l`)).size).to.equal(13);
      yield* fails(readLink(`${base}/a`), 'EINVAL');
      yield* fails(readLink(`${base}/missing`), 'ENOENT');
      yield* fails(symlink('a', `${base}/l`), 'EEXIST');
    },
  },
  {
    title: 'a directory is made once, with its mode',
    *program(base) {
      yield* makeDirectory(`${base}/d`, 0o700);
      expect(yield* present(`${base}/d`)).to.include({ type: 'directory', mode: 0o700 });
      yield* fails(makeDirectory(`${base}/d`, 0o700), 'EEXIST');
      yield* fails(makeDirectory(`${base}/missing/d`, 0o700), 'ENOENT');
    },
  },
  {
    title: 'only an empty directory is removed',
    *program(base) {
      yield* makeDirectory(`${base}/d`, 0o700);
      yield* file(`${base}/d/a`, '');
      yield* fails(removeDirectory(`${base}/d`), 'ENOTEMPTY');
      yield* fails(removeDirectory(`${base}/d/a`), 'ENOTDIR');
      yield* fails(removeDirectory(`${base}/missing`), 'ENOENT');
      yield* unlink(`${base}/d/a`);
      yield* removeDirectory(`${base}/d`);
      expect(yield* stat(`${base}/d`)).to.equal(undefined);
    },
  },
  {
    title: 'unlinking takes a file or a link, never a directory',
    *program(base) {
      yield* makeDirectory(`${base}/d`, 0o700);
      yield* symlink('d', `${base}/l`);
      yield* unlink(`${base}/l`);
      yield* fails(unlink(`${base}/d`), 'EISDIR', 'EPERM');
      yield* fails(unlink(`${base}/missing`), 'ENOENT');
      expect((yield* names(base)).join()).to.equal('d');
    },
  },
  {
    title: 'a mode is changed through a handle and seen by name',
    *program(base) {
      const handle = yield* createExclusive(`${base}/a`, 0o600);
      yield* changeMode(handle, 0o444);
      expect((yield* present(`${base}/a`)).mode).to.equal(0o444);
      yield* write(handle, [bytes('still')], 0);
      yield* close(handle);
      const directory = yield* openDirectory(base);
      yield* changeMode(directory, 0o750);
      expect((yield* present(base)).mode).to.equal(0o750);
      yield* close(directory);
    },
  },
  {
    title: 'an exclusive lock is held by one handle and released by closing it',
    *program(base) {
      const first = yield* openOrCreate(`${base}/lock`, 0o600);
      const second = yield* openOrCreate(`${base}/lock`, 0o600);
      expect(yield* tryLock(first)).to.equal(true);
      expect(yield* tryLock(first)).to.equal(true);
      expect(yield* tryLock(second)).to.equal(false);
      expect(yield* tryLock(second, { shared: true })).to.equal(false);
      yield* close(first);
      expect(yield* tryLock(second)).to.equal(true);
      yield* close(second);
    },
  },
  {
    title: 'a shared lock is held by many handles and keeps an exclusive one out',
    *program(base) {
      const first = yield* openOrCreate(`${base}/lock`, 0o600);
      const second = yield* openOrCreate(`${base}/lock`, 0o600);
      expect(yield* tryLock(first, { shared: true })).to.equal(true);
      expect(yield* tryLock(second, { shared: true })).to.equal(true);
      expect(yield* tryLock(first)).to.equal(false);
      yield* unlock(second);
      expect(yield* tryLock(first)).to.equal(true);
      expect(yield* tryLock(second, { shared: true })).to.equal(false);
      yield* close(first);
      yield* close(second);
    },
  },
  {
    title: 'a lock is on the file, not on its name',
    *program(base) {
      const first = yield* openOrCreate(`${base}/lock`, 0o600);
      expect(yield* tryLock(first)).to.equal(true);
      yield* rename(`${base}/lock`, `${base}/moved`);
      const moved = yield* openForUpdate(`${base}/moved`);
      const fresh = yield* openOrCreate(`${base}/lock`, 0o600);
      expect(yield* tryLock(moved)).to.equal(false);
      expect(yield* tryLock(fresh)).to.equal(true);
      for (const handle of [first, moved, fresh]) yield* close(handle);
    },
  },
  {
    title: 'a closed handle is bad',
    *program(base) {
      const handle = yield* createExclusive(`${base}/a`, 0o600);
      yield* close(handle);
      yield* fails(read(handle, new Uint8Array(1), 0), 'EBADF');
      yield* fails(close(handle), 'EBADF');
      yield* fails(statHandle(handle), 'EBADF');
    },
  },
  {
    title: 'a clone shares the bytes, or says that it cannot and leaves nothing behind',
    *program(base) {
      yield* file(`${base}/a`, 'one');
      const isCloned = yield* clone(`${base}/a`, `${base}/b`);
      if (isCloned) expect(yield* text(`${base}/b`)).to.equal('one');
      else expect(yield* stat(`${base}/b`)).to.equal(undefined);
      yield* fails(clone(`${base}/missing`, `${base}/c`), 'ENOENT');
    },
  },
  {
    title: 'a clone of an empty file leaves whoever has the target open with an empty one, whether it can share or not',
    *program(base) {
      yield* file(`${base}/a`, '');
      yield* file(`${base}/b`, 'one');
      const handle = yield* openForUpdate(`${base}/b`);
      yield* clone(`${base}/a`, `${base}/b`);
      expect(yield* read(handle, Buffer.alloc(3), 0)).to.equal(0);
      yield* close(handle);
    },
  },
  {
    title: 'a name of more than 255 bytes is refused, and one of 255 is not',
    *program(base) {
      const longest = `${'ä'.repeat(127)}b`;
      yield* file(`${base}/${longest}`, 'one');
      expect(yield* text(`${base}/${longest}`)).to.equal('one');
      yield* fails(createExclusive(`${base}/${longest}c`, 0o600), 'ENAMETOOLONG');
      yield* fails(rename(`${base}/${longest}`, `${base}/${longest}c`), 'ENAMETOOLONG');
      yield* fails(stat(`${base}/${longest}c`), 'ENAMETOOLONG');
      yield* fails(list(`${base}/${longest}c/d`), 'ENAMETOOLONG');
      expect(yield* names(base)).to.deep.equal([longest]);
    },
  },
  {
    title: 'a write of nothing changes nothing, wherever it is',
    *program(base) {
      const handle = yield* createExclusive(`${base}/a`, 0o600);
      expect(yield* write(handle, [bytes('')], 10)).to.equal(0);
      expect((yield* statHandle(handle)).size).to.equal(0);
      yield* close(handle);
    },
  },
  {
    title: 'what is written through one handle is read through another at once',
    *program(base) {
      const writer = yield* createExclusive(`${base}/a`, 0o600);
      const reader = yield* openFile(`${base}/a`);
      yield* write(writer, [bytes('one')], 0);
      expect((yield* readAt(reader, 10, 0)).text).to.equal('one');
      yield* truncate(writer, 1);
      expect((yield* readAt(reader, 10, 0)).text).to.equal('o');
      yield* close(writer);
      yield* close(reader);
    },
  },
  {
    title: 'a symbolic link needs a target and a free name',
    *program(base) {
      yield* file(`${base}/a`, 'one');
      yield* fails(symlink('a', `${base}/a`), 'EEXIST');
      yield* fails(symlink('', `${base}/l`), 'ENOENT');
      yield* fails(symlink('a', `${base}/missing/l`), 'ENOENT');
      expect(yield* names(base)).to.deep.equal(['a']);
    },
  },
  {
    title: 'a look follows a link only on demand, and finds nothing behind a dangling one',
    *program(base) {
      yield* file(`${base}/a`, 'one');
      yield* symlink('a', `${base}/l`);
      yield* symlink('missing', `${base}/m`);
      expect((yield* stat(`${base}/l`))?.type).to.equal('symlink');
      expect((yield* stat(`${base}/l`, { follow: true }))?.type).to.equal('file');
      expect((yield* stat(`${base}/m`))?.type).to.equal('symlink');
      expect(yield* stat(`${base}/m`, { follow: true })).to.equal(undefined);
    },
  },
  {
    title: 'a file moves between directories with its bytes and its inode',
    *program(base) {
      yield* makeDirectory(`${base}/d`, 0o700);
      yield* makeDirectory(`${base}/e`, 0o700);
      const { inode } = yield* file(`${base}/d/a`, 'one');
      yield* rename(`${base}/d/a`, `${base}/e/b`);
      expect(yield* text(`${base}/e/b`)).to.equal('one');
      expect((yield* present(`${base}/e/b`)).inode).to.equal(inode);
      expect(yield* names(`${base}/d`)).to.deep.equal([]);
    },
  },
  {
    title: 'a handle turns its exclusive lock into a shared one, and keeps the shared one when it cannot turn it back',
    *program(base) {
      const first = yield* openOrCreate(`${base}/lock`, 0o600);
      const second = yield* openOrCreate(`${base}/lock`, 0o600);
      expect(yield* tryLock(first)).to.equal(true);
      expect(yield* tryLock(first, { shared: true })).to.equal(true);
      expect(yield* tryLock(second, { shared: true })).to.equal(true);
      expect(yield* tryLock(first)).to.equal(false);
      yield* unlock(first);
      expect(yield* tryLock(second)).to.equal(true);
      yield* close(first);
      yield* close(second);
    },
  },
  {
    title: 'a handle for reading takes a shared lock',
    *program(base) {
      yield* file(`${base}/a`, 'one');
      const reader = yield* openFile(`${base}/a`);
      const writer = yield* openForUpdate(`${base}/a`);
      expect(yield* tryLock(reader, { shared: true })).to.equal(true);
      expect(yield* tryLock(writer)).to.equal(false);
      yield* close(reader);
      expect(yield* tryLock(writer)).to.equal(true);
      yield* close(writer);
    },
  },
  {
    title: 'changes are noticed in a directory that is there, also behind a link, and the notice is closed like any handle',
    *program(base) {
      yield* makeDirectory(`${base}/d`, 0o700);
      yield* symlink('d', `${base}/l`);
      yield* file(`${base}/a`, 'one');
      for (const path of [`${base}/d`, `${base}/l`]) {
        const handle = yield* watchDirectory(path);
        yield* close(yield* createExclusive(`${base}/d/${path.length}${path.at(-1)}`, 0o600));
        yield* awaitChange(handle, 5);
        yield* close(handle);
      }
      yield* fails(watchDirectory(`${base}/missing`), 'ENOENT');
      yield* fails(watchDirectory(`${base}/a`), 'ENOTDIR');
    },
  },
  {
    title: 'a file system tells how much is free of how much, at a path that is there',
    *program(base) {
      const { freeBytes, totalBytes } = yield* fileSystem(base);
      expect(freeBytes).to.be.above(0).and.at.most(totalBytes);
      yield* fails(fileSystem(`${base}/missing`), 'ENOENT');
    },
  },
  {
    title: 'times move on when bytes and names change',
    *program(base) {
      const before = yield* file(`${base}/a`, 'one');
      yield* wait(20);
      const handle = yield* openForUpdate(`${base}/a`);
      yield* write(handle, [bytes('two')], 0);
      yield* close(handle);
      const written = yield* present(`${base}/a`);
      yield* wait(20);
      yield* rename(`${base}/a`, `${base}/b`);
      const renamed = yield* present(`${base}/b`);
      expect(written.mtimeNs > before.mtimeNs).to.equal(true);
      expect(renamed.mtimeNs).to.equal(written.mtimeNs);
      expect(renamed.ctimeNs > written.ctimeNs).to.equal(true);
    },
  },
];

const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);
/** So much that a disk of the machine does not do it at once. */
const largeBytes = 512 * 1024;
const large = (letter: string): Uint8Array => Buffer.alloc(largeBytes, letter);

function* file(path: string, content: string): DiskProgram<FileStat> {
  const handle = yield* createExclusive(path, 0o600);
  yield* write(handle, [bytes(content)], 0);
  const made = yield* statHandle(handle);
  yield* close(handle);
  return made;
}

function* readAt(handle: number, length: number, position: number): DiskProgram<{ count: number; text: string }> {
  const into = new Uint8Array(length);
  const count = yield* read(handle, into, position);
  return { count, text: new TextDecoder().decode(into.subarray(0, count)) };
}

function* text(path: string, length = 1000, position = 0): DiskProgram<string> {
  const handle = yield* openFile(path);
  const found = yield* readAt(handle, length, position);
  yield* close(handle);
  return found.text;
}

function* names(path: string): DiskProgram<string[]> {
  return [...(yield* list(path))].sort();
}

function* present(path: string): DiskProgram<FileStat> {
  const found = yield* stat(path);
  if (found === undefined) return expect.fail(`nothing is at ${path}`);
  return found;
}

function* fails(program: DiskProgram<unknown>, ...codes: readonly string[]): DiskProgram<void> {
  let result: unknown;
  try {
    result = yield* program;
  } catch (error) {
    if (isDiskError(error, ...codes)) return;
    throw error;
  }
  expect.fail(`expected ${codes.join(' or ')}; it succeeded with ${String(result)}`);
}
