import { sha256Hex, type Tree } from './tree.js';

/** A layer of a manifest: its type and its content. */
export type Layer = readonly [mediaType: string, content: string, annotations?: Readonly<Record<string, string>>];

/** A model in a store of Ollama: a manifest in its four folders, and its blobs. */
export function ollamaModel(name: string, layers: readonly Layer[], config: object = { model_format: 'gguf' }): Tree {
  const text = JSON.stringify(config);
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: descriptor('application/vnd.docker.container.image.v1+json', text),
    layers: layers.map(([type, content]) => descriptor(`application/vnd.ollama.image.${type}`, content)),
  };
  const blobs = [text, ...layers.map(([, content]) => content)].map((content) => [ollamaBlob(content), content]);
  return { [`manifests/${name}`]: JSON.stringify(manifest), ...Object.fromEntries(blobs) };
}

export function ollamaBlob(content: string): string {
  return `blobs/sha256-${sha256Hex(content)}`;
}

/** An OCI image layout of these images, each behind as many nested indexes as is said. */
export function ociLayout(
  images: readonly { readonly name?: string; readonly layers: readonly Layer[]; readonly nested?: number }[],
): Tree {
  const tree: Record<string, string> = { 'oci-layout': '{"imageLayoutVersion":"1.0.0"}' };
  const manifests = images.map(({ name, layers, nested = 0 }) => {
    for (const [, content] of layers) tree[ociBlob(content)] = content;
    let document = JSON.stringify(imageManifest(layers));
    let type = imageType;
    for (let depth = 0; depth <= nested; depth++) {
      tree[ociBlob(document)] = document;
      if (depth === nested) break;
      document = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests: [descriptor(type, document)] });
      type = indexType;
    }
    return { ...descriptor(type, document), ...(name && { annotations: { 'org.opencontainers.image.ref.name': name } }) };
  });
  return { ...tree, 'index.json': JSON.stringify({ schemaVersion: 2, manifests }) };
}

/** The store of Docker Model Runner: `models.json` in place of an index. */
export function runnerStore(tags: readonly string[], layers: readonly Layer[]): Tree {
  const manifest = JSON.stringify(imageManifest(layers));
  const files = layers.map(([, content]) => `sha256:${sha256Hex(content)}`);
  return {
    'layout.json': '{"version":"1.0.0"}',
    'models.json': JSON.stringify({ models: [{ id: `sha256:${sha256Hex(manifest)}`, tags, files }] }),
    [`manifests/sha256/${sha256Hex(manifest)}`]: manifest,
    ...Object.fromEntries(layers.map(([, content]) => [ociBlob(content), content])),
  };
}

export function ociBlob(content: string): string {
  return `blobs/sha256/${sha256Hex(content)}`;
}

export const imageType = 'application/vnd.oci.image.manifest.v1+json';
export const indexType = 'application/vnd.oci.image.index.v1+json';

export function imageManifest(layers: readonly Layer[]): object {
  return {
    schemaVersion: 2,
    mediaType: imageType,
    config: descriptor('application/vnd.docker.ai.model.config.v0.1+json', '{}'),
    layers: layers.map(([type, content, annotations]) => ({ ...descriptor(type, content), ...(annotations && { annotations }) })),
  };
}

export function descriptor(mediaType: string, content: string): { mediaType: string; digest: string; size: number } {
  return { mediaType, digest: `sha256:${sha256Hex(content)}`, size: Buffer.byteLength(content) };
}
