import { findHeader, type HeaderFound } from '../../src/artifacts/header-window.js';
import { describeModel } from '../../src/core/headers/describe.js';
import { type FileHeader, readHeader } from '../../src/core/headers/model-header.js';
import type { ModelMetadata } from '../../src/core/records.js';
import { type Disk, run } from '../../src/disk/program.js';

/** What whole files in memory come to, as those of one model. */
export function described(files: Readonly<Record<string, Uint8Array>>): ModelMetadata | undefined {
  return describeModel(Object.entries(files).map(([name, bytes]) => ({ name, bytes: bytes.byteLength, header: headerIn(name, bytes) })));
}

/** What the first bytes of a file say when all of them are at hand. */
export function headerIn(name: string, bytes: Uint8Array, size = bytes.byteLength): FileHeader {
  const header = readHeader(bytes, { name, bytes: size });
  if (header.kind === 'more') throw new Error(`${name} wants ${header.bytes} of ${bytes.byteLength} bytes`);
  return header;
}

/** How much of a file was asked for while its header was read: each read by itself. */
export interface WatchedReading extends HeaderFound {
  readonly asked: readonly number[];
}

export async function watchedReading(path: string, disk: Disk): Promise<WatchedReading> {
  const asked: number[] = [];
  const watching: Disk = {
    perform: (step) => {
      if (step.op === 'read') asked.push(step.into.byteLength);
      return disk.perform(step);
    },
  };
  const name = path.slice(path.lastIndexOf('/') + 1);
  return { ...(await run(findHeader({ name, path }), watching)), asked };
}
