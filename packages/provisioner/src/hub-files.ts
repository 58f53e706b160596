import { CatalogError } from 'catalog-core';

/** A file of a repository, as the hub lists it. */
export interface HubFile {
  readonly path: string;
  readonly size?: number;
  readonly sha256?: string;
  readonly gitSha1?: string;
}

/** What of a repository makes one model. */
export interface Chosen {
  /** The file that an engine opens; absent where that is the directory. */
  readonly main?: string;
  readonly files: readonly HubFile[];
}

const shard = /-(\d{5})-of-(\d{5})\.gguf$/i;
/** The same weights in another form, where there are safetensors. */
const otherForms = /\.(bin|pt|pth|ckpt|h5|msgpack|ot|onnx|tflite|gguf|mlmodel)$/i;
const otherFolders = /^(onnx|openvino|coreml|original)\//;
const noPart = /^(\.gitattributes|\.gitignore)$/;

/** All shards of a split file, by the name of one of them; a file that is not split alone. */
export function shardsOf(path: string): string[] {
  const [, , count] = shard.exec(path) ?? [];
  if (count === undefined) return [path];
  return Array.from({ length: Number(count) }, (_, place) =>
    path.replace(shard, `-${String(place + 1).padStart(5, '0')}-of-${count}.gguf`),
  );
}

/**
 * The files that a reference means: those of a folder or of a quantization, the only GGUF model of a repository, else its whole directory,
 * without what holds the same weights in another form. `NotFound` for what is not there; `InvalidArgument` with the choice where there
 * are several.
 */
export function chosenFrom(
  all: readonly HubFile[],
  wanted: { readonly ref: string; readonly folder?: string; readonly quant?: string },
): Chosen {
  const { ref, folder, quant } = wanted;
  const inside = folder === undefined ? all : all.filter(({ path }) => path.startsWith(`${folder}/`));
  const models = modelsIn(inside);
  const meant = quant === undefined ? models : models.filter(({ name }) => bears(name, quant));
  if (quant !== undefined && meant.length === 0) throw notThere(ref, `the quantization ${quant}`, models);
  if (meant.length > 1) throw several(ref, meant);
  const [only] = meant;
  if (only !== undefined) return { main: only.files[0]?.path ?? only.name, files: only.files };
  const files = directoryOf(inside);
  if (files.length === 0) throw notThere(ref, folder === undefined ? 'a file of a model' : `a file in ${folder}`, models);
  return { files };
}

interface GgufModel {
  readonly name: string;
  readonly files: HubFile[];
}

/** GGUF models by the names that they have without the numbers of their shards. What only helps one (`mmproj`) is none. */
function modelsIn(all: readonly HubFile[]): GgufModel[] {
  const models = new Map<string, HubFile[]>();
  for (const file of all.filter(({ path }) => /\.gguf$/i.test(path) && !/(^|\/)mmproj/i.test(path))) {
    const name = file.path.replace(shard, '.gguf');
    models.set(name, [...(models.get(name) ?? []), file]);
  }
  const inOrder = (files: HubFile[]): HubFile[] => files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return [...models].map(([name, files]) => ({ name, files: inOrder(files) }));
}

/** Whether a name has a quantization as a part of its own: `Q4_K` is not in `model-Q4_K_M.gguf`. */
function bears(name: string, quant: string): boolean {
  const lower = name.toLowerCase();
  const part = quant.toLowerCase();
  const isEdge = (character: string | undefined): boolean => character === undefined || /[-./]/.test(character);
  for (let at = lower.indexOf(part); at >= 0; at = lower.indexOf(part, at + 1)) {
    if (isEdge(lower[at - 1]) && isEdge(lower[at + part.length])) return true;
  }
  return false;
}

function directoryOf(all: readonly HubFile[]): HubFile[] {
  const files = all.filter(({ path }) => !noPart.test(path));
  const hasSafetensors = files.some(({ path }) => path.endsWith('.safetensors') && !otherFolders.test(path));
  return hasSafetensors ? files.filter(({ path }) => !otherForms.test(path) && !otherFolders.test(path)) : files;
}

function notThere(ref: string, what: string, models: readonly GgufModel[]): CatalogError {
  const names = models.map(({ name }) => name);
  const choice = names.length > 0 ? `; there is ${names.slice(0, 20).join(', ')}` : '';
  return new CatalogError('NotFound', `${ref} has not ${what}${choice}`, { ref, files: names });
}

function several(ref: string, models: readonly GgufModel[]): CatalogError {
  const names = models.map(({ name }) => name);
  return new CatalogError('InvalidArgument', `${ref} is one of ${names.length} models: say which (${names.slice(0, 20).join(', ')})`, {
    ...{ argument: 'ref', ref, files: names },
  });
}
