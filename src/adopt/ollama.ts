import { join } from 'node:path';
import { hexOf } from '../core/digest.js';
import { refusal } from '../core/errors.js';
import { formatModelRef, parseModelRef } from '../core/model-ref.js';
import type { DiskProgram } from '../disk/program.js';
import { blobOf, type Descriptor, descriptorsIn } from './descriptors.js';
import type { Findings } from './found.js';
import { isUnfinished } from './leftovers.js';
import { addCandidate } from './models.js';
import { attempt, isFolder, member, namesIn, readJson, textMember, typeOf } from './reading.js';

/** `<host>/<namespace>/<model>/<tag>`, as the folders of a manifest say. */
interface Name {
  readonly host: string;
  readonly namespace: string;
  readonly model: string;
  readonly tag: string;
}

const layer = 'application/vnd.ollama.image.';
/** The layers that are files which an engine opens, and what their entries are called beside that of the model itself. */
const loadable: Readonly<Record<string, string>> = {
  [`${layer}model`]: '',
  [`${layer}projector`]: '/projector',
  [`${layer}adapter`]: '/adapter',
  [`${layer}draft`]: '/draft',
};

/**
 * CAT-ADO-2201: a store of Ollama: `manifests/<host>/<namespace>/<model>/<tag>` name layers, which are `blobs/sha256-<hex>`. The GGUF
 * is the model; its projector, adapter and draft are entries of their own.
 */
export function* findInOllama(findings: Findings): DiskProgram<void> {
  yield* manifestsBelow(findings, []);
  yield* oddBlobs(findings);
}

function* manifestsBelow(findings: Findings, parts: readonly string[]): DiskProgram<void> {
  const folder = join(findings.place, 'manifests', ...parts);
  for (const name of yield* namesIn(findings, folder)) {
    const path = join(folder, name);
    if (name.startsWith('.') || name.endsWith('.meta')) continue;
    const isBelow = yield* isFolder(path);
    const [host = '', namespace = '', model = '', tag = ''] = [...parts, name];
    if (isBelow && parts.length < 3) yield* manifestsBelow(findings, [...parts, name]);
    else if (!isBelow && parts.length === 3)
      yield* attempt(
        findings,
        path,
        manifestModels(findings, path, { host, namespace, model, tag }),
        shownName({ host, namespace, model, tag }),
      );
    else findings.problem(path, 'InvalidRecord', `${path} is not where a manifest is: host, namespace, model, tag`);
  }
}

function* manifestModels(findings: Findings, path: string, name: Name): DiskProgram<void> {
  const manifest = yield* readJson(path);
  const layers = descriptorsIn(manifest, 'layers', path);
  yield* checkHasWeights(findings, { path, manifest, layers });
  const weights = layers.filter(({ mediaType }) => Object.hasOwn(loadable, mediaType));
  const ids = new Map<string, number>();
  for (const one of weights) {
    const id = `${shownName(name)}${loadable[one.mediaType]}`;
    const count = (ids.get(id) ?? 0) + 1;
    ids.set(id, count);
    const named = {
      id: count === 1 ? id : `${id}-${count}`,
      reference: referenceOf(name),
      isMain: one.mediaType === `${layer}model`,
    };
    yield* attempt(findings, path, weightsModel(findings, one, named), named.id);
  }
}

function* checkHasWeights(
  findings: Findings,
  of: { readonly path: string; readonly manifest: unknown; readonly layers: readonly Descriptor[] },
): DiskProgram<void> {
  const types = of.layers.map(({ mediaType }) => mediaType);
  if (types.some((type) => Object.hasOwn(loadable, type))) return;
  if (types.includes(`${layer}tensor`)) {
    throw refusal('Unsupported', `${of.path} keeps each tensor in a file of its own, which no other engine opens`);
  }
  const host = yield* remoteHost(findings, of.manifest, of.path);
  if (host !== undefined) throw refusal('Unsupported', `${of.path} has no weights here: they are run at ${host}`);
  throw refusal('NotFound', `${of.path} names no weights`);
}

/** Of a model that is run elsewhere the config says where. */
function* remoteHost(findings: Findings, manifest: unknown, path: string): DiskProgram<string | undefined> {
  const [config] = descriptorsIn({ list: [member(manifest, 'config')] }, 'list', path);
  const blob = config && join(findings.place, 'blobs', `sha256-${hexOf(config.digest)}`);
  if (blob === undefined || (yield* typeOf(blob)) === undefined) return undefined;
  return textMember(yield* readJson(blob), 'remote_host');
}

function* weightsModel(
  findings: Findings,
  descriptor: Descriptor,
  named: { readonly id: string; readonly reference: string; readonly isMain: boolean },
): DiskProgram<void> {
  const folder = join(findings.place, 'blobs');
  const hex = hexOf(descriptor.digest);
  const current = `sha256-${hex}`;
  // Very old versions have a colon in the name.
  const isOld = (yield* typeOf(join(folder, current))) === undefined && (yield* typeOf(join(folder, `sha256:${hex}`))) !== undefined;
  const file = yield* blobOf(findings, descriptor, { folder, name: isOld ? `sha256:${hex}` : current });
  addCandidate(findings, {
    id: named.id.normalize('NFC'),
    source: named.reference,
    ...(named.isMain && { ref: named.reference }),
    folder,
    files: [file],
  });
}

/** Downloads that were not finished, and names that no blob has. */
function* oddBlobs(findings: Findings): DiskProgram<void> {
  const folder = join(findings.place, 'blobs');
  for (const name of yield* namesIn(findings, folder)) {
    const path = join(folder, name);
    // The parts of one download are told once.
    if (/^sha256[-:][0-9a-f]{64}(-partial-\d+)?$/.test(name) || name.startsWith('.')) continue;
    if (isUnfinished(name)) findings.problem(path, 'NotFound', `${path} is a download that was not finished`);
    else findings.problem(path, 'InvalidRecord', `${path} is not named as a blob is`);
  }
}

/** As `ollama ls` shows it: what is understood of itself is left out. */
function shownName({ host, namespace, model, tag }: Name): string {
  const isDefault = host === 'registry.ollama.ai';
  const before = isDefault && namespace === 'library' ? '' : isDefault ? `${namespace}/` : `${host}/${namespace}/`;
  return `${before}${model}:${tag}`;
}

function referenceOf({ host, namespace, model, tag }: Name): string {
  const isHub = host === 'hf.co' || host === 'huggingface.co';
  if (isHub) return formatModelRef({ kind: 'hf', org: namespace, repo: model, ...(tag !== 'latest' && { quant: tag }) });
  return formatModelRef(parseModelRef(`oci://${host}/${namespace}/${model}:${tag}`));
}
