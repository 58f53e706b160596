import { hubRepository, treeFile } from './hub.js';
import { descriptor, imageManifest, imageType, indexType, ociBlob, ociLayout, ollamaBlob, ollamaModel } from './images.js';
import { fifo, gitBlobHex, sha256Hex, type Tree } from './tree.js';
import type { Cache } from './whole.js';

const a = 'a'.repeat(40);
const b = 'b'.repeat(40);
const gguf = (text: string): string => `GGUF ${text}`;
const tiny = { 'config.json': '{"model_type":"llama"}', 'model.safetensors': 'tiny weights' };
const kit = 'application/vnd.docker.ai';
const secret = { link: '../../../../outside/secret' };

/** In each store one model is whole, `acme/good` or the like, beside what is broken. */
const hub = (tree: Tree): Cache => ({
  tool: 'hugging-face',
  tree: { ...hubRepository('models--acme--good', [{ files: tiny, refs: ['main'] }]), ...tree },
});
const bad = 'models--acme--bad';
const withHub = (change: (tree: Record<string, Tree[string]>) => void, options: { tree?: boolean } = {}): Cache => {
  const tree: Record<string, Tree[string]> = { ...hubRepository(bad, [{ files: tiny, refs: ['main'], ...options }]) };
  change(tree);
  return hub(tree);
};
const ollama = (tree: Tree): Cache => ({
  tool: 'ollama',
  tree: { ...ollamaModel('registry.ollama.ai/library/good/latest', [['model', gguf('good')]]), ...tree },
});
const badManifest = 'manifests/registry.ollama.ai/library/bad/latest';
const layers = (...list: readonly object[]): string => JSON.stringify({ schemaVersion: 2, layers: list });
const llama = (tree: Tree): Cache => ({ tool: 'llama-cpp', tree: { 'good.gguf': gguf('good'), ...tree } });
const oci = (tree: Tree): Cache => {
  const good = ociLayout([{ name: 'ai/good:v1', layers: [[`${kit}.gguf.v3`, gguf('good')]] }]);
  return { tool: 'oci-layout', tree: { ...good, ...tree } };
};
/** An index that names the good image and others. */
const indexOf = (...others: readonly object[]): string => {
  const manifest = JSON.stringify(imageManifest([[`${kit}.gguf.v3`, gguf('good')]]));
  const good = { ...descriptor(imageType, manifest), annotations: { 'org.opencontainers.image.ref.name': 'ai/good:v1' } };
  return JSON.stringify({ schemaVersion: 2, manifests: [good, ...others] });
};
const tarManifest = JSON.stringify(imageManifest([['application/vnd.kitops.modelkit.model.v1.tar+gzip', 'tar']]));
const directory = (tree: Tree): Cache => ({ tool: 'directory', tree: { 'good.gguf': gguf('good'), ...tree } });

/** Stores in which something is broken, and one model is whole. */
export const damagedCaches: Readonly<Record<string, Cache>> = {
  'a hub cache with an empty ref': hub({ [`${bad}/refs/main`]: '' }),
  'a hub cache with a ref to nothing': hub({ [`${bad}/refs/main`]: b }),
  'a hub cache with an odd snapshot': hub({ [`${bad}/snapshots/main/config.json`]: '{}' }),
  'a hub cache with a dangling link': withHub((tree) => delete tree[`${bad}/blobs/${sha256Hex(tiny['model.safetensors'])}`]),
  'a hub cache with an unfinished download': hub({
    [`${bad}/blobs/${'1'.repeat(64)}.12345678.incomplete`]: 'par',
    [`${bad}/refs/main`]: a,
  }),
  'a hub cache with an unfinished download of llama.cpp': hub({ [`${bad}/blobs/x.downloadInProgress`]: 'par', [`${bad}/refs/main`]: a }),
  'a hub cache with a corrupt blob': withHub((tree) => {
    tree[`${bad}/blobs/${sha256Hex(tiny['model.safetensors'])}`] = 'tiny w\0\0\0\0\0\0';
  }),
  'a hub cache with a corrupt small file': withHub((tree) => {
    tree[`${bad}/blobs/${gitBlobHex(tiny['config.json'])}`] = '{"model_type":"LLAMA"}';
  }),
  'a hub cache with a short file': withHub(
    (tree) => {
      tree[`${bad}/blobs/${sha256Hex(tiny['model.safetensors'])}`] = 'tiny';
    },
    { tree: true },
  ),
  'a hub cache that is not whole': withHub((tree) => {
    tree[`${bad}/trees/${a}.json`] = treeFile({ ...tiny, 'more.safetensors': 'more' });
  }),
  'a hub cache with a damaged tree': withHub((tree) => {
    tree[`${bad}/trees/${a}.json`] = '{"format_version":1,"files":{"__proto__":{"size":1},"con';
  }),
  'a hub cache with a tree of another version': withHub((tree) => {
    tree[`${bad}/trees/${a}.json`] = '{"format_version":2,"files":{"model.safetensors":{"size":1}}}';
  }),
  'a hub cache with a missing shard': hub(
    hubRepository(bad, [{ files: { 'config.json': '{}', 'model-00001-of-00002.safetensors': 'one' }, refs: ['main'] }]),
  ),
  'a hub cache with a link that leads out': hub({ [`${bad}/snapshots/${a}/model.safetensors`]: secret }),
  'a hub cache with an absolute link': hub({ [`${bad}/snapshots/${a}/model.safetensors`]: { link: '/etc/hostname' } }),
  'a hub cache with a circle of links': hub({
    [`${bad}/snapshots/${a}/model.safetensors`]: { link: '../../blobs/x' },
    [`${bad}/blobs/x`]: { link: `../snapshots/${a}/model.safetensors` },
  }),
  'a hub cache without weights': hub({ [`${bad}/snapshots/${a}/config.json`]: '{}' }),
  'a hub cache with a FIFO': hub({ [`${bad}/snapshots/${a}/model.safetensors`]: fifo, [`${bad}/refs/main`]: fifo }),
  'an Ollama store with an empty manifest': ollama({ [badManifest]: '' }),
  'an Ollama store with a truncated manifest': ollama({ [badManifest]: '{"schemaVersion":2,"layers":[{"mediaTy' }),
  'an Ollama store with a manifest that is no object': ollama({ [badManifest]: '[]' }),
  'an Ollama store with a manifest without layers': ollama({ [badManifest]: '{"schemaVersion":2}' }),
  'an Ollama store with a huge manifest': ollama({ [badManifest]: { sparse: 1e9 } }),
  'an Ollama store with a manifest that names paths': ollama({
    [badManifest]: layers({ mediaType: 'application/vnd.ollama.image.model', digest: 'sha256:../../../../outside/secret', size: 6 }),
  }),
  'an Ollama store with members of every object': ollama({
    [badManifest]: '{"__proto__":{"layers":[{"mediaType":"constructor","digest":"sha256:0"}]},"schemaVersion":2}',
  }),
  'an Ollama store with a missing blob': ollama({
    [badManifest]: layers(descriptor('application/vnd.ollama.image.model', gguf('bad'))),
  }),
  'an Ollama store with a short blob': ollama({
    ...ollamaModel('registry.ollama.ai/library/bad/latest', [['model', gguf('bad')]]),
    [ollamaBlob(gguf('bad'))]: 'GG',
  }),
  'an Ollama store with a corrupt blob': ollama({
    ...ollamaModel('registry.ollama.ai/library/bad/latest', [['model', gguf('bad')]]),
    [ollamaBlob(gguf('bad'))]: gguf('b\0d'),
  }),
  'an Ollama store with a blob that leads out': ollama({
    ...ollamaModel('registry.ollama.ai/library/bad/latest', [['model', 'secret']]),
    [ollamaBlob('secret')]: { link: '../../outside/secret' },
  }),
  'an Ollama store with unfinished downloads': ollama({
    [`${ollamaBlob('x')}-partial`]: 'par',
    [`${ollamaBlob('x')}-partial-0`]: '{}',
    'blobs/sha256-123456789': 'par',
  }),
  'an Ollama store with odd names': ollama({
    'blobs/notes.txt': 'x',
    'manifests/registry.ollama.ai/latest': '{}',
    'manifests/registry.ollama.ai/library/deep/er/latest': '{}',
    'manifests/.DS_Store': 'x',
  }),
  'an Ollama store with a cloud model': ollama(
    ollamaModel('registry.ollama.ai/library/bad/cloud', [], { remote_host: 'https://ollama.com' }),
  ),
  'an Ollama store with single tensors': ollama(ollamaModel('registry.ollama.ai/library/bad/latest', [['tensor', 'tensor']])),
  'models of LM Studio with a missing shard': {
    tool: 'lm-studio',
    tree: { 'acme/good/good.gguf': gguf('good'), 'acme/bad/big-00002-of-00002.gguf': gguf('2') },
  },
  'models of LM Studio in odd places': {
    tool: 'lm-studio',
    tree: { 'acme/good/good.gguf': gguf('good'), 'acme/stray.gguf': gguf('stray'), 'acme/bad/downloading_x.gguf.part': 'par' },
  },
  'a cache of llama.cpp with an unfinished download': llama({ 'bad.gguf.downloadInProgress': 'par' }),
  'a cache of llama.cpp with an empty manifest': llama({ 'manifest=acme=bad=latest.json': '' }),
  'a cache of llama.cpp with a manifest of nothing': llama({
    'manifest=acme=bad=latest.json': JSON.stringify({ ggufFile: { rfilename: 'bad.gguf', size: 3 } }),
  }),
  'a cache of llama.cpp with a manifest that names paths': llama({
    'manifest=acme=bad=latest.json': JSON.stringify({ ggufFile: { rfilename: '../../outside/secret', size: 6 } }),
  }),
  'a cache of llama.cpp with a short file': llama({
    'manifest=acme=bad=latest.json': JSON.stringify({ ggufFile: { rfilename: 'bad.gguf', size: 30 } }),
    'acme_bad_bad.gguf': gguf('bad'),
  }),
  'a cache of llama.cpp with other content than its etag': llama({ 'bad.gguf': gguf('bad'), 'bad.gguf.etag': sha256Hex('other') }),
  'a cache of llama.cpp with 15 MiB beside a file': llama({
    'bad.gguf': gguf('bad'),
    'bad.gguf.json': `{"etag":"${'x'.repeat(15 * 2 ** 20)}`,
  }),
  'a cache of llama.cpp with half an etag beside a file': llama({ 'bad.gguf': gguf('bad'), 'bad.gguf.json': '{"etag":"0123' }),
  'a cache of llama.cpp with an etag of 15 MiB': llama({ 'bad.gguf': gguf('bad'), 'bad.gguf.etag': '"'.repeat(15 * 2 ** 20) }),
  'an image layout of archives': oci({
    'index.json': indexOf(descriptor(imageType, tarManifest)),
    [ociBlob(tarManifest)]: tarManifest,
  }),
  'an image layout with a missing manifest': oci({ 'index.json': indexOf(descriptor(imageType, 'gone')) }),
  'an image layout with a corrupt manifest': oci({
    'index.json': indexOf(descriptor(imageType, tarManifest)),
    [ociBlob(tarManifest)]: tarManifest.replace('2', '3'),
  }),
  'an image layout with indexes in a circle': oci({
    // No index can hold its own digest; the name of a blob can be a lie.
    'index.json': indexOf(descriptor(indexType, 'circle')),
    [ociBlob('circle')]: JSON.stringify({ schemaVersion: 2, manifests: [descriptor(indexType, 'circle')] }),
  }),
  'an image layout with a digest that is a path': oci({
    'index.json': indexOf({ mediaType: imageType, digest: 'sha256:../../../outside/secret', size: 6 }),
  }),
  'a directory with a missing shard': directory({ 'bad-00001-of-00003.gguf': gguf('1'), 'bad-00003-of-00003.gguf': gguf('3') }),
  'a directory with an odd shard': directory({ 'bad-00009-of-00003.gguf': gguf('9') }),
  'a directory with dangling links': directory({ 'bad.gguf': { link: 'gone.gguf' }, notes: { link: 'gone' } }),
  'a directory with links that lead out': directory({ 'bad.gguf': { link: '../outside/secret' }, more: { link: '../outside' } }),
  'a directory with circles of links': directory({ 'bad.gguf': { link: 'bad.gguf' }, 'sub/again': { link: '..' } }),
  'a directory with a FIFO': directory({ 'bad.gguf': fifo }),
  'a directory with an unfinished download': directory({ 'bad.gguf.part': 'par' }),
};
