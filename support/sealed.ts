import { createHash } from 'node:crypto';

/** A body with a last line whose checksum fits, as that of an index, which closes a list, or of another file of ours. */
export function sealed(body: string | Buffer, closing: ']' | '' = ']'): Buffer {
  const bytes = Buffer.from(body);
  const checksum = createHash('sha256').update(bytes).digest('hex');
  return Buffer.concat([bytes, Buffer.from(`${closing},"checksum":"sha256:${checksum}"}\n`)]);
}
