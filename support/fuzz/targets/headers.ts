import { readMetadata } from '../../../src/artifacts/metadata.js';
import { firstZipName, isTar, isZip, namesCode, tarNames, zipDirectory, zipNames } from '../../../src/core/headers/archives.js';
import { describeModel } from '../../../src/core/headers/describe.js';
import { readHeader } from '../../../src/core/headers/model-header.js';
import { judgeHeader } from '../../../src/core/headers/probe.js';
import { SimulatedDisk } from '../../../src/disk/simulated-disk.js';
import { ggufFile, llamaPairs, someTensors } from '../../headers/gguf-file.js';
import { malformedGguf, malformedSafetensors, nestedArrays, wholeFiles } from '../../headers/malformed-files.js';
import { harmless, numpyOf, pickles, tarOf, zipOf } from '../../headers/other-files.js';
import { type FuzzTarget, namedSeeds, ran, type Seed, type Taken } from '../target.js';
import { changedValue } from './forging.js';

const most = 5000;

function smallOf(files: Readonly<Record<string, Buffer | (() => Buffer)>>, extension: string): readonly Seed[] {
  return Object.entries(files).flatMap(([name, made]) => {
    const bytes = typeof made === 'function' ? made() : made;
    return bytes.byteLength < most ? [{ name: `${name.replaceAll('/', '-')}${extension}`, bytes }] : [];
  });
}

/** What the bytes of a file say, as an add does; the file is as long as its bytes, or much longer. */
function readFile(bytes: Buffer, name: string): Taken {
  for (const size of [bytes.byteLength, bytes.byteLength + 1, 2 ** 40]) {
    const header = readHeader(bytes, { name, bytes: size });
    if (header.kind === 'more') continue;
    judgeHeader(header, size);
    describeModel([{ name, bytes: size, header }]);
  }
  const found = readHeader(bytes, { name, bytes: bytes.byteLength });
  return found.kind === 'malformed' ? found.code : found.kind === 'more' ? 'more' : undefined;
}

const gguf: FuzzTarget = {
  name: 'GGUF headers',
  seeds: () => [
    ...smallOf(Object.fromEntries(Object.entries(wholeFiles()).filter(([name]) => name.endsWith('.gguf'))), ''),
    ...smallOf(malformedGguf, '.gguf'),
    { name: 'nested.gguf', bytes: ggufFile({ pairs: [...llamaPairs(), ...nestedArrays], tensors: someTensors }) },
  ],
  read: readFile,
  weight: 2,
};

const safetensors: FuzzTarget = {
  name: 'safetensors headers',
  seeds: () => [
    ...smallOf({ 'model.safetensors': () => wholeFiles()['model.safetensors'] ?? Buffer.alloc(0) }, ''),
    ...smallOf(malformedSafetensors, '.safetensors'),
  ],
  read: readFile,
  mend: mendedLength,
  change: (bytes, draws) => {
    const header = bytes.subarray(8);
    return Buffer.concat([bytes.subarray(0, 8), Buffer.from(changedValue(header.subarray(0, header.lastIndexOf('}') + 1), draws))]);
  },
  weight: 2,
};

/** The length of its header as it is. */
function mendedLength(bytes: Buffer): Buffer {
  const end = bytes.lastIndexOf('}') + 1;
  if (end > 8) bytes.writeBigUInt64LE(BigInt(end - 8));
  return bytes;
}

const beside: FuzzTarget = {
  name: 'configs and indexes of shards',
  seeds: () =>
    namedSeeds({
      'config.json': '{"model_type":"llama","max_position_embeddings":4096,"text_config":{"max_position_embeddings":1}}',
      'model.safetensors.index.json':
        '{"metadata":{"total_size":1},"weight_map":{"a":"model-00001-of-00002.safetensors","b":"b.safetensors"}}',
    }),
  read: (bytes, name) => {
    const files = ['model-00001-of-00002.safetensors', name].map((one) => {
      const content = one === name ? bytes : (wholeFiles()['model.safetensors'] as Buffer);
      return { name: one, bytes: content.byteLength, header: readHeader(content, { name: one, bytes: content.byteLength }) };
    });
    describeModel(files.flatMap(({ header, ...file }) => (header.kind === 'more' ? [] : [{ ...file, header }])));
    return readFile(bytes, name);
  },
};

const others: FuzzTarget = {
  name: 'pickles, archives and arrays',
  seeds: () => [
    ...smallOf(pickles, ''),
    ...smallOf(harmless, ''),
    { name: 'a.zip', bytes: zipOf(['a/data.pkl', 'b']) },
    { name: 'large.zip', bytes: zipOf(['a/data.pkl', 'b'], { isLarge: true }) },
    { name: 'a.tar', bytes: tarOf(['a', 'pickle']) },
    { name: 'a.npy', bytes: numpyOf("'|O'") },
  ],
  read: (bytes, name) => {
    const directory = zipDirectory(bytes, bytes.byteLength);
    if (directory !== undefined) zipNames(bytes.subarray(directory.position, directory.position + directory.bytes));
    zipDirectory(bytes, 2 ** 40);
    namesCode([...zipNames(bytes), ...(isTar(bytes) ? tarNames(bytes) : []), (isZip(bytes) && firstZipName(bytes)) || '']);
    return readFile(bytes, name);
  },
  takesNearlyAll: true,
};

const placed: FuzzTarget = {
  name: 'files of models on a disk',
  seeds: () => [...gguf.seeds(), ...safetensors.seeds(), ...others.seeds()],
  read: (bytes, name) => {
    const path = `/model/${name}`;
    const disk = new SimulatedDisk({ root: ['/model'] }).plant(path, bytes);
    const told = ran(readMetadata([{ name, path, bytes: bytes.byteLength }]), disk);
    return told?.warnings?.[0]?.split(':', 1)[0];
  },
};

export const headerTargets: readonly FuzzTarget[] = [gguf, safetensors, beside, others, placed];
