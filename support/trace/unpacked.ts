import { inflateRawSync } from 'node:zlib';
import type { Details } from '../../src/trace/pages/packed.js';

/** What is packed into a page of a trace. */
export function unpacked(page: string): Details {
  const [length = '', text = ''] = (/id="packed">([^<]*)/.exec(page)?.[1] ?? '').split(' ');
  const bytes = inflateRawSync(bytesOf(text).subarray(0, Number(length)));
  const end = bytes.indexOf(0);
  const words = bytes.subarray(0, end).toString('latin1').split('\n');
  return JSON.parse(inFull(bytes.subarray(end + 1), words));
}

/** 13 bits of each two characters. */
function bytesOf(text: string): Buffer {
  const value = (at: number) => text.charCodeAt(at) - (text.charCodeAt(at) < 60 ? 33 : 34);
  const bytes: number[] = [];
  let [bits, waiting] = [0, 0];
  for (let at = 0; at < text.length; at += 2) {
    bits |= (value(at) * 93 + value(at + 1)) << waiting;
    for (waiting += 13; waiting >= 8; waiting -= 8, bits >>= 8) bytes.push(bits & 255);
  }
  return Buffer.from(bytes);
}

function inFull(bytes: Uint8Array, words: readonly string[]): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 128) parts.push(String.fromCharCode(byte));
    else if (byte < 218) parts.push(words[byte - 128] ?? '');
    else parts.push(words[90 + (byte - 218) * 256 + (bytes[++at] ?? 0)] ?? '');
  }
  return parts.join('');
}
