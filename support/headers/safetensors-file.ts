import { ByteWriter } from './byte-writer.js';

export interface SafeTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
}

/** A file of these tensors one behind the other; the data is zeros. */
export function safetensorsFile(tensors: Readonly<Record<string, SafeTensor>>, metadata?: Readonly<Record<string, string>>): Buffer {
  const { header, size } = safetensorsHeader(tensors, metadata);
  return Buffer.concat([header, Buffer.alloc(size - header.byteLength)]);
}

/** What stands before the data, and how long the whole file is. */
export function safetensorsHeader(
  tensors: Readonly<Record<string, SafeTensor>>,
  metadata?: Readonly<Record<string, string>>,
): { readonly header: Buffer; readonly size: number } {
  let end = 0;
  const members: [string, unknown][] = metadata === undefined ? [] : [['__metadata__', metadata]];
  for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
    members.push([name, { dtype, shape, data_offsets: [end, end + bytes] }]);
    end += bytes;
  }
  const header = safetensorsOf(JSON.stringify(Object.fromEntries(members)));
  return { header, size: header.byteLength + end };
}

/** A file whose header is this text, however long it is said to be. */
export function safetensorsOf(text: string, data = 0, declared?: bigint): Buffer {
  const bytes = Buffer.from(text);
  return new ByteWriter()
    .integer(declared ?? bytes.byteLength, 8)
    .bytes(bytes)
    .bytes(Buffer.alloc(data))
    .whole();
}

/** 1,024 elements of BF16 and 8 of F32. */
export const someSafeTensors: Readonly<Record<string, SafeTensor>> = {
  'model.embed.weight': { dtype: 'BF16', shape: [64, 16], bytes: 2048 },
  'model.norm.weight': { dtype: 'F32', shape: [8], bytes: 32 },
};
