import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { hexOf } from '../core/digest.js';
import { refusal } from '../core/errors.js';
import { formatModelRef, parseModelRef } from '../core/model-ref.js';
import type { DiskProgram } from '../disk/program.js';
import { blobOf, type Descriptor, descriptorsIn } from './descriptors.js';
import type { AdoptableFile, Findings } from './found.js';
import { isUnfinished } from './leftovers.js';
import { addCandidate } from './models.js';
import { attempt, type JsonObject, listMember, namesIn, parsedJson, readJson, readText, textMember, typeOf } from './reading.js';

/** An image that may hold a model. */
interface Image {
  readonly manifest: Descriptor;
  /** Where its manifest lies. */
  readonly path: string;
  readonly name: string | undefined;
}

const deepest = 8;
const most = 10_000;

/**
 * CAT-ADO-2201: an OCI image layout, and the store of Docker Model Runner, which keeps `models.json` in place of an index. Weights are
 * layers, blobs under their digest; what is packed in archives (KitOps) cannot be opened where it lies.
 */
export function* findInOciLayout(findings: Findings): DiskProgram<void> {
  const isRunner = (yield* typeOf(join(findings.place, 'models.json'))) !== undefined;
  const images = yield* attempt(findings, findings.place, isRunner ? runnerImages(findings) : indexedImages(findings));
  for (const image of images ?? []) yield* attempt(findings, image.path, imageModels(findings, image), idOf(findings.place, image));
  yield* unfinishedBlobs(findings);
}

/** The images that `index.json` names, and the indexes that it names. */
function* indexedImages(findings: Findings): DiskProgram<Image[]> {
  const { place } = findings;
  const layout = yield* readJson(join(place, 'oci-layout'));
  const version = textMember(layout, 'imageLayoutVersion');
  if (version === undefined || !/^1\./.test(version))
    throw refusal('Unsupported', `${place} is an image layout of version ${version ?? '?'}`);
  const images: Image[] = [];
  const seen = new Set<string>();
  const indexes: {
    readonly path: string;
    readonly depth: number;
    readonly of: Descriptor | undefined;
    readonly name: string | undefined;
  }[] = [{ path: join(place, 'index.json'), depth: 0, of: undefined, name: undefined }];
  for (let next = indexes.shift(); next !== undefined && seen.size < most; next = indexes.shift()) {
    const { path, depth, of, name } = next;
    const descriptors = yield* attempt(findings, path, indexAt(findings, path, of));
    for (const manifest of descriptors ?? []) {
      const here = { manifest, path: join(place, 'blobs', 'sha256', hexOf(manifest.digest)), name: nameOf(manifest) ?? name };
      const key = `${manifest.digest} ${here.name}`;
      if (seen.has(key)) continue;
      seen.add(key);
      if (!isIndex(manifest)) images.push(here);
      else if (depth < deepest) indexes.push({ path: here.path, depth: depth + 1, of: manifest, name: here.name });
      else findings.problem(here.path, 'Unsupported', `${here.path} lies more than ${deepest} indexes deep`);
    }
  }
  return images;
}

/** What an index names, those apart that cannot be read. */
function* indexAt(findings: Findings, path: string, of: Descriptor | undefined): DiskProgram<Descriptor[]> {
  const list = listMember(of === undefined ? yield* readJson(path) : yield* readChecked(path, of), 'manifests');
  if (list === undefined || list.length > most) throw refusal('InvalidRecord', `${path} has no list of manifests that can be read`);
  const descriptors: Descriptor[] = [];
  for (const value of list) descriptors.push(...((yield* attempt(findings, path, oneDescriptor(value, path))) ?? []));
  return descriptors;
}

/** The images that `models.json` names by the digests of their manifests, which lie under `manifests/`. */
function* runnerImages(findings: Findings): DiskProgram<Image[]> {
  const path = join(findings.place, 'models.json');
  const images: Image[] = [];
  const models = listMember(yield* readJson(path), 'models');
  if (models === undefined || models.length > most) throw refusal('InvalidRecord', `${path} has no list of models that can be read`);
  for (const model of models) {
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const digest = textMember(model, 'id');
    const manifest = (yield* attempt(findings, path, oneDescriptor({ mediaType, digest }, path)))?.[0];
    if (manifest === undefined) continue;
    const tags = (listMember(model, 'tags') ?? []).filter((tag) => typeof tag === 'string' && tag !== '') as string[];
    const place = join(findings.place, 'manifests', 'sha256', hexOf(manifest.digest));
    for (const name of tags.length === 0 ? [undefined] : tags) images.push({ manifest, path: place, name });
  }
  return images;
}

function* oneDescriptor(value: unknown, path: string): DiskProgram<Descriptor[]> {
  return descriptorsIn({ list: [value] }, 'list', path);
}

function* imageModels(findings: Findings, image: Image): DiskProgram<void> {
  const manifest = yield* readChecked(image.path, image.manifest);
  const layers = descriptorsIn(manifest, 'layers', image.path);
  const weights = layers.filter(isWeights);
  if (weights.length === 0 && layers.some(isArchive)) {
    throw refusal('Unsupported', `${image.path} packs its files in archives; unpack it and adopt the folder`);
  }
  if (weights.length === 0) throw refusal('NotFound', `${image.path} names no weights`);
  const folder = join(findings.place, 'blobs', 'sha256');
  const id = idOf(findings.place, image);
  const reference = referenceOf(image.name) ?? formatModelRef({ kind: 'file', path: findings.place });
  const named = { source: reference, ...(referenceOf(image.name) !== undefined && { ref: reference }), folder };
  const [projectors, models] = [weights.filter(isProjector), weights.filter((one) => !isProjector(one))];
  yield* attempt(findings, image.path, addWeights(findings, models, { ...named, id }), id);
  yield* attempt(findings, image.path, addWeights(findings, projectors, { ...named, id: `${id}/projector` }), `${id}/projector`);
}

function* addWeights(
  findings: Findings,
  layers: readonly Descriptor[],
  named: { readonly id: string; readonly source: string; readonly ref?: string; readonly folder: string },
): DiskProgram<void> {
  const files = new Map<string, AdoptableFile>();
  for (const one of layers) {
    const name = hexOf(one.digest);
    files.set(name, yield* blobOf(findings, one, { folder: named.folder, name }));
  }
  if (files.size > 0) addCandidate(findings, { ...named, id: named.id.normalize('NFC'), files: [...files.values()] });
}

function* unfinishedBlobs(findings: Findings): DiskProgram<void> {
  const folder = join(findings.place, 'blobs', 'sha256');
  for (const name of yield* namesIn(findings, folder)) {
    const path = join(folder, name);
    if (isUnfinished(name)) findings.problem(path, 'NotFound', `${path} is a download that was not finished`);
    else if (/^[0-9A-F]{64}$/i.test(name) && name !== name.toLowerCase())
      findings.problem(path, 'InvalidRecord', `${path} is not named as a blob is: in lower case`);
  }
}

/** A manifest promises what its files are, so it must itself be what its digest says. */
function* readChecked(path: string, { digest, bytes }: Descriptor): DiskProgram<JsonObject> {
  const text = yield* readText(path);
  const content = Buffer.from(text);
  const isSize = bytes === undefined || content.byteLength === bytes;
  if (isSize && createHash('sha256').update(content).digest('hex') === hexOf(digest)) return parsedJson(text, path);
  throw refusal('DigestMismatch', `${path} is not what its digest says`);
}

function isIndex({ mediaType }: Descriptor): boolean {
  return /(image\.index|manifest\.list)/.test(mediaType);
}

/** Docker Model Runner, CNCF ModelPack, Ollama, and what ORAS pushes under the name of a file. */
function isWeights(layer: Descriptor): boolean {
  if (isArchive(layer)) return false;
  if (
    /\.(gguf|safetensors|mmproj|dduf)(\.v\d+)?$|\.model\.weight\.|^application\/vnd\.ollama\.image\.(model|projector)$/.test(
      layer.mediaType,
    )
  )
    return true;
  return /\.(gguf|safetensors)$/i.test(fileName(layer) ?? '');
}

function isProjector({ mediaType, annotations }: Descriptor): boolean {
  return /mmproj|projector/.test(mediaType) || /mmproj/i.test(fileName({ annotations }) ?? '');
}

function isArchive({ mediaType }: Descriptor): boolean {
  return /[.+]tar\b|\+gzip$|\+zstd$/.test(mediaType);
}

function fileName({ annotations }: Pick<Descriptor, 'annotations'>): string | undefined {
  return textMember(annotations, 'org.cncf.model.filepath') ?? textMember(annotations, 'org.opencontainers.image.title');
}

function nameOf({ annotations }: Descriptor): string | undefined {
  return textMember(annotations, 'io.containerd.image.name') ?? textMember(annotations, 'org.opencontainers.image.ref.name');
}

/** The whole name where the layout has it, else the layout's folder and the tag, or the digest. */
function idOf(place: string, { name, manifest }: Image): string {
  if (name === undefined) return `${basename(place)}@${hexOf(manifest.digest).slice(0, 12)}`;
  return /[:/]/.test(name) ? name : `${basename(place)}:${name}`;
}

const longestName = 512;

/** A name with a host in it is a reference. */
function referenceOf(name: string | undefined): string | undefined {
  if (name === undefined || name.length > longestName || !/^[a-z0-9.-]+(\.[a-z]+|:\d+)\/[a-z0-9._/-]+(:[\w.-]+)?$/i.test(name))
    return undefined;
  return formatModelRef(parseModelRef(`oci://${name}`));
}
