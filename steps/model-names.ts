import { createHash } from 'node:crypto';
import { Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { meantBy } from '../src/core/meant.js';
import { defaultModelId, filePlaces, isModelFolder, mainFile, modelFolder, shardNames, shardOf } from '../src/core/model-layout.js';
import { parseModelRef } from '../src/core/model-ref.js';
import type { ModelEntry } from '../src/core/records.js';
import { modelEntry } from '../support/model-entry.js';
import { unfolded } from '../support/table-cells.js';

Then(/^the file (\S+) is (whole|\d+ of \d+: .+)$/, (name: string, told: string) => {
  const shard = shardOf(name);
  if (shard === undefined) expect([told, shardNames(name)]).to.deep.equal(['whole', [name]]);
  else expect(`${shard.number} of ${shard.count}: ${shardNames(name).join(', ')}`).to.equal(told);
});

Then(/^the (file|directory) (\S+) is called (\S+)$/, (type: 'file' | 'directory', name: string, id: string) => {
  expect(defaultModelId(name, type)).to.equal(id);
});

Then(/^the folder of (.+) is (models\/.+)$/, (cell: string, folder: string) => {
  const id = unfolded(cell);
  const found = modelFolder(id);
  expect(found).to.equal(`${unfolded(folder)}${createHash('sha256').update(id).digest('hex').slice(0, 16)}`);
  expect(isModelFolder(found)).to.equal(true);
});

Then(/^the path (\S+) is (a model's folder|none)$/, (path: string, verdict: string) => {
  expect(isModelFolder(path)).to.equal(verdict !== 'none');
  expect(isModelFolder([path])).to.equal(false);
});

Then(/^of the files "(.*)" an engine is pointed at (.+), and they lie at (.+)$/, (listed: string, main: string, places: string) => {
  const names = listed === 'nothing' ? [] : listed.split(', ');
  const files = names.map((path) => ({ path, bytes: 1, digest: `sha256:${'0'.repeat(64)}` }) as NonNullable<ModelEntry['files']>[number]);
  expect(mainFile(files) ?? 'the directory').to.equal(main);
  const folder = 'models/m';
  const local_path = main === 'the directory' ? folder : `${folder}/${main}`;
  const found = filePlaces(modelEntry('m', { files, local_path }));
  expect(found.map(({ file }) => file.path)).to.deep.equal(names);
  expect(found.map(({ path }) => path).join(', ') || 'nothing').to.equal(places);
  expect(filePlaces(modelEntry('m', { files }))).to.deep.equal([]);
});

/** `a=hf:o/r/m.gguf from hf:o/r@v1 of 1 as Q8_0`: its reference, its source, its content, and what its header says. */
function entryIn(words: string): ModelEntry {
  const [, id = '', ref, source, content, quantization] =
    /^(\w+)=(\S+)(?: from (\S+))?(?: of (\d))?(?: as (\S+))?$/.exec(words) ?? expect.fail(words);
  return modelEntry(id, {
    ...(ref?.startsWith('hf:') && { ref }),
    ...(source !== undefined && { source }),
    ...(content !== undefined && { digest: `sha256:${content.repeat(64)}` as NonNullable<ModelEntry['digest']> }),
    ...(quantization !== undefined && { metadata: { quantization } }),
  });
}

Then(/^of "(.*)" the reference (\S+) means (\S+)$/, (models: string, asked: string, meant: string) => {
  expect(meantBy(parseModelRef(asked), models.split('; ').map(entryIn))?.id ?? 'none').to.equal(meant);
});
