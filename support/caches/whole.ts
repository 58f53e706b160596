import type { AdoptedTool } from '../../src/adopt/found.js';
import { ggufFile, llamaPairs, someTensors } from '../headers/gguf-file.js';
import { hubRepository } from './hub.js';
import { ociLayout, ollamaModel, runnerStore } from './images.js';
import { gitBlobHex, sha256Hex, type Tree } from './tree.js';

/** A store of a tool, as it may lie on a machine. */
export interface Cache {
  readonly tool: AdoptedTool;
  readonly tree: Tree;
}

const tiny = { 'config.json': '{"model_type":"llama"}', 'model.safetensors': 'tiny weights' };
const newer = { ...tiny, 'model.safetensors': 'newer weights' };
const gguf = (text: string): string => `GGUF ${text}`;
const acme = 'models--acme--tiny';
const metadata = (etag: string): string => `${'a'.repeat(40)}\n${etag}\n1700000000.5\n`;
const hub = (tree: Tree): Cache => ({ tool: 'hugging-face', tree });
const kit = 'application/vnd.docker.ai';

/** Stores in every variant, all of them whole. */
export const wholeCaches: Readonly<Record<string, Cache>> = {
  'a hub cache': hub(hubRepository(acme, [{ files: tiny, refs: ['main'] }])),
  'a hub cache with the shared store of 2.0': hub(hubRepository(acme, [{ files: tiny, refs: ['main'], tree: true }], 'shared')),
  'a hub cache with nested refs': hub(
    hubRepository(acme, [
      { files: tiny, refs: ['main'] },
      { files: newer, refs: ['refs/pr/1'] },
    ]),
  ),
  'a hub cache of a revision without refs': hub(hubRepository(acme, [{ files: tiny }])),
  'a hub cache of two revisions without refs': hub(hubRepository(acme, [{ files: tiny }, { files: newer }])),
  'a hub cache with sub-folders': hub(hubRepository(acme, [{ files: { ...tiny, 'onnx/a/model.bin': 'onnx' }, refs: ['main'] }])),
  'a hub cache without links': hub(hubRepository(acme, [{ files: tiny, refs: ['main'] }], 'files')),
  'a hub cache without links, with trees': hub(hubRepository(acme, [{ files: tiny, refs: ['main'], tree: true }], 'files')),
  'a hub cache without an organisation': hub(hubRepository('models--gpt2', [{ files: tiny, refs: ['main'] }])),
  'a hub cache of GGUF files': hub(
    hubRepository('models--acme--tiny-GGUF', [
      {
        files: {
          'README.md': 'read me',
          'tiny.Q4_K_M.gguf': gguf('q4'),
          'Q8_0/tiny-00001-of-00002.gguf': gguf('1'),
          'Q8_0/tiny-00002-of-00002.gguf': gguf('2'),
        },
        refs: ['main'],
      },
    ]),
  ),
  'a hub cache of a GGUF file that says its quantization': hub(
    hubRepository('models--acme--tiny-GGUF', [
      { files: { 'tiny.gguf': ggufFile({ pairs: llamaPairs(), tensors: someTensors }) }, refs: ['main'] },
    ]),
  ),
  'a hub cache with a dataset and locks': hub({
    ...hubRepository(acme, [{ files: tiny, refs: ['main'] }]),
    'datasets--acme--data/refs/main': 'a'.repeat(40),
    '.locks/models--acme--tiny/x.lock': '',
    [`${acme}/.no_exist/${'a'.repeat(40)}/adapter_config.json`]: '',
  }),
  'a folder of --local-dir': hub({
    ...tiny,
    '.cache/huggingface/download/config.json.metadata': metadata(gitBlobHex(tiny['config.json'])),
    '.cache/huggingface/download/model.safetensors.metadata': metadata(sha256Hex(tiny['model.safetensors'])),
  }),
  'an Ollama store': {
    tool: 'ollama',
    tree: {
      ...ollamaModel('registry.ollama.ai/library/llama3/latest', [
        ['model', gguf('llama3')],
        ['template', '{{ .Prompt }}'],
      ]),
      ...ollamaModel('registry.ollama.ai/me/mine/v1', [['model', gguf('mine')]]),
      ...ollamaModel('hf.co/acme/tiny-GGUF/Q4_K_M', [['model', gguf('q4')]]),
      ...ollamaModel('localhost:5000/x/y/latest', [['model', gguf('llama3')]]),
    },
  },
  'an Ollama store with a projector and an adapter': {
    tool: 'ollama',
    tree: ollamaModel('registry.ollama.ai/library/llava/7b', [
      ['model', gguf('llava')],
      ['projector', gguf('mmproj')],
      ['adapter', gguf('lora')],
    ]),
  },
  'a very old Ollama store': {
    tool: 'ollama',
    tree: Object.fromEntries(
      Object.entries(ollamaModel('registry.ollama.ai/library/old/latest', [['model', gguf('old')]])).map(([name, what]) => [
        name.replace('sha256-', 'sha256:'),
        what,
      ]),
    ),
  },
  'models of LM Studio': {
    tool: 'lm-studio',
    tree: {
      'acme/tiny-GGUF/tiny.Q4_K_M.gguf': gguf('q4'),
      'acme/tiny-GGUF/mmproj-tiny.gguf': gguf('mmproj'),
      'acme/tiny-GGUF/big-00001-of-00002.gguf': gguf('1'),
      'acme/tiny-GGUF/big-00002-of-00002.gguf': gguf('2'),
      'mlx/tiny-4bit/config.json': '{}',
      'mlx/tiny-4bit/model-00001-of-00002.safetensors': 'one',
      'mlx/tiny-4bit/model-00002-of-00002.safetensors': 'two',
      '.internal/model-index-cache.json': '{}',
    },
  },
  'a legacy cache of llama.cpp': {
    tool: 'llama-cpp',
    tree: {
      'acme_tiny-GGUF_Q4_tiny.gguf': gguf('q4'),
      'manifest=acme=tiny-GGUF=Q4_K_M.json': llamaManifest('Q4/tiny.gguf', gguf('q4')),
      'acme_big-GGUF_big-00001-of-00002.gguf': gguf('1'),
      'acme_big-GGUF_big-00002-of-00002.gguf': gguf('2'),
      'manifest=acme=big-GGUF=latest.json': llamaManifest('big-00001-of-00002.gguf', gguf('1')),
      'by-url.gguf': gguf('url'),
      'by-url.gguf.etag': `"${sha256Hex(gguf('url'))}"`,
      'older.gguf': gguf('older'),
      'older.gguf.json': JSON.stringify({ etag: `"${sha256Hex(gguf('older'))}"`, url: 'https://example.com/older.gguf' }),
      'ai_smollm2_latest.gguf': gguf('smol'),
      'ai_smollm2_latest.gguf.etag': '"5d41402abc4b2a76b9719d911017c592-2"',
    },
  },
  'a hub cache that llama.cpp filled': {
    tool: 'llama-cpp',
    tree: hubRepository('models--acme--tiny-GGUF', [{ files: { 'tiny.gguf': gguf('q4') }, refs: ['main'] }]),
  },
  'an image layout': {
    tool: 'oci-layout',
    tree: ociLayout([
      {
        name: 'ai/smollm2:latest',
        layers: [
          [`${kit}.gguf.v3`, gguf('smol')],
          [`${kit}.license`, 'MIT'],
        ],
      },
      {
        name: 'registry.example.com/acme/tiny:v1',
        layers: [['application/octet-stream', gguf('tiny'), { 'org.opencontainers.image.title': 'tiny.gguf' }]],
      },
    ]),
  },
  'an image layout with nested indexes': {
    tool: 'oci-layout',
    tree: ociLayout([
      {
        name: 'ai/deep:v1',
        nested: 3,
        layers: [
          [`${kit}.gguf.v3`, gguf('deep')],
          [`${kit}.mmproj`, gguf('mmproj')],
        ],
      },
    ]),
  },
  'an image layout of safetensors': {
    tool: 'oci-layout',
    tree: ociLayout([
      {
        name: 'ai/st:v1',
        layers: [
          [`${kit}.safetensors`, 'one'],
          [`${kit}.safetensors`, 'two'],
        ],
      },
    ]),
  },
  'a store of Docker Model Runner': { tool: 'oci-layout', tree: runnerStore(['ai/smollm2:latest'], [[`${kit}.gguf.v3`, gguf('smol')]]) },
  'a plain directory': {
    tool: 'directory',
    tree: {
      'a.gguf': gguf('a'),
      'deep/er/b-00001-of-00002.gguf': gguf('1'),
      'deep/er/b-00002-of-00002.gguf': gguf('2'),
      'llama/config.json': '{}',
      'llama/model.safetensors': 'weights',
      'llama/onnx/model.onnx': 'onnx',
      'pipeline/model_index.json': '{}',
      'pipeline/unet/config.json': '{}',
      'pipeline/unet/diffusion.safetensors': 'unet',
      'checkpoints/one.safetensors': 'one',
      'checkpoints/two.safetensors': 'two',
      'notes/config.json': '{}',
      'linked.gguf': { link: 'a.gguf' },
      again: { link: '.' },
    },
  },
};

function llamaManifest(rfilename: string, content: string): string {
  const file = { rfilename, size: Buffer.byteLength(content), lfs: { sha256: sha256Hex(content) } };
  return JSON.stringify({ ggufFile: file, mmprojFile: null });
}
