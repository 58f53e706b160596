import { ByteWriter } from './byte-writer.js';

/** `pickle.dumps(os.system, protocol)` and its like, byte by byte after the description of the opcodes in `pickletools`. */
export const pickles = {
  'of protocol 0': latin1('cos\nsystem\np0\n.'),
  'of protocol 0 that calls': latin1("cos\nsystem\n(S'id'\ntR."),
  'of protocol 1 that instantiates': latin1('(ios\nsystem\n.'),
  'of protocol 2': latin1('\x80\x02cos\nsystem\nq\x00.'),
  'of protocol 2 without code': latin1('\x80\x02}q\x00X\x01\x00\x00\x00aq\x01K\x01s.'),
  'of protocol 4': latin1('\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x8c\x06system\x93\x94.'),
  'of protocol 5': latin1('\x80\x05\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x8c\x06system\x93\x94.'),
  'of torch before its zips': latin1('\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.'),
  'with a bad byte behind its call': latin1("cos\nsystem\n(S'touch X'\ntR\xff"),
  'of protocol 2 with a bad byte behind its call': latin1("\x80\x02cos\nsystem\n(S'touch X'\ntR\xff"),
  'of protocol 4 with an odd name behind its call': latin1('\x80\x04\x8c\x02os\x8c\x06system\x93(\x8c\x02id' + 'tR0c\xc3\xa9\nx\n'),
  'without its end': latin1("cos\nsystem\n(S'touch X'\ntR"),
  'that instantiates and has no end': latin1("(S'touch X'\nios\nsystem\n"),
  'behind a text of 1 MiB': latin1(`V${'x'.repeat(2 ** 20)}\n0cos\nsystem\n(S'touch X'\ntR.`),
  'of protocol 2 behind a text of 1 MiB': Buffer.concat([
    latin1('\x80\x02X\x00\x00\x10\x00'),
    Buffer.alloc(2 ** 20, 'x'),
    latin1("0cos\nsystem\n(S'touch X'\ntR."),
  ]),
  'behind 300,000 opcodes that do nothing': latin1(`${'N0'.repeat(150_000)}cos\nsystem\n(S'touch X'\ntR.`),
} as const;

/** What is no pickle, although it may look like one for a while. */
export const harmless = {
  'a text': latin1('some weights, as people write them\nand more of them\n'),
  'a text that begins as a pickle': latin1('config\nname\nsize: 3.\n'),
  'a text that names and makes a list': latin1('code\nname\nlabel\ndog\nobject\n'),
  'a text of one long line': latin1(`Very ${'long '.repeat(50_000)}`),
  'a list of words': latin1('cats and dogs\nmice\n.hidden\n'),
  'numbers in lines': latin1(Array.from({ length: 500 }, (_, place) => `${place}\n`).join('')),
  'many zeros': Buffer.alloc(200_000),
  'many brackets': Buffer.alloc(200_000, '('),
  'a line of JSON': latin1('{"a":[1,2,3]}'),
  nothing: Buffer.alloc(0),
  'the first bytes of a pickle': latin1('\x80\x02'),
} as const;

interface ZipOptions {
  /** Its places are of 64 bits. */
  readonly isLarge?: boolean;
  /** Bytes before its first file that its places count. */
  readonly before?: number;
  /** Bytes of the comment at its end, and of the extra field and the comment of each name in its list. */
  readonly endComment?: number;
  readonly extra?: number;
  readonly comment?: number;
}

/** A zip of these names, each with a few bytes. */
export function zipOf(names: readonly string[], options: ZipOptions = {}): Buffer {
  const { isLarge = false, before = 0, endComment = 0, extra = 0, comment = 0 } = options;
  const writer = new ByteWriter().bytes(Buffer.alloc(before, 'x'));
  const places = names.map((name) => {
    const at = writer.length;
    entryHead(writer.integer(0x04034b50, 4), name).bytes(Buffer.from(name)).bytes(latin1('abc'));
    return at;
  });
  const start = writer.length;
  names.forEach((name, place) => {
    entryHead(writer.integer(0x02014b50, 4).integer(20, 2), name, extra).integer(comment, 2).integer(0, 2).integer(0, 2).integer(0, 4);
    writer
      .integer(places[place] ?? 0, 4)
      .bytes(Buffer.from(name))
      .bytes(Buffer.alloc(extra + comment, 'x'));
  });
  const length = writer.length - start;
  if (isLarge) endOfLarge(writer, { start, length, count: names.length });
  writer.integer(0x06054b50, 4).integer(0, 4).integer(names.length, 2).integer(names.length, 2);
  return writer
    .integer(isLarge ? 0xffffffff : length, 4)
    .integer(isLarge ? 0xffffffff : start, 4)
    .integer(endComment, 2)
    .bytes(Buffer.alloc(endComment, 'x'))
    .whole();
}

/** A tar of files of these names, each of one block. */
export function tarOf(names: readonly string[]): Buffer {
  return Buffer.concat(names.map((name) => tarFile(name, '512')));
}

/** A file of a tar: what its head says of its size, and as many blocks as that is. */
export function tarFile(name: string, size: string): Buffer {
  const bytes = Number(size);
  const blocks = bytes > 0 ? Math.ceil(bytes / 512) : 0;
  const octal = Number.isNaN(bytes) ? size : bytes.toString(8);
  return Buffer.concat([tarHead(name, octal.padStart(11, Number.isNaN(bytes) ? ' ' : '0')), Buffer.alloc(blocks * 512, 'x')]);
}

export function numpyOf(type: string): Buffer {
  const header = Buffer.from(`{'descr': ${type}, 'fortran_order': False, 'shape': (3,), }\n`);
  return new ByteWriter().bytes(latin1('\x93NUMPY\x01\x00')).integer(header.byteLength, 2).bytes(header).bytes(Buffer.alloc(24)).whole();
}

/** What local and central entries share. */
function entryHead(writer: ByteWriter, name: string, extra = 0): ByteWriter {
  writer.integer(20, 2).integer(0, 2).integer(0, 2).integer(0, 4).integer(0, 4);
  return writer.integer(3, 4).integer(3, 4).integer(Buffer.byteLength(name), 2).integer(extra, 2);
}

function endOfLarge(writer: ByteWriter, { start, length, count }: { start: number; length: number; count: number }): void {
  const at = writer.length;
  writer.integer(0x06064b50, 4).integer(44, 8).integer(45, 2).integer(45, 2).integer(0, 4).integer(0, 4);
  writer.integer(count, 8).integer(count, 8).integer(length, 8).integer(start, 8);
  writer.integer(0x07064b50, 4).integer(0, 4).integer(at, 8).integer(1, 4);
}

function tarHead(name: string, size: string): Buffer {
  const head = Buffer.alloc(512);
  head.write(name, 0, 'latin1');
  // The numbers beside a size are of other things.
  head.write('0000644\x000000000\x000000000\0', 100, 'latin1');
  head.write(`${size}\x0000000000000\0`, 124, 'latin1');
  head.write('ustar\x0000', 257, 'latin1');
  return head;
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
