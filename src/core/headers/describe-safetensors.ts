import { memberOf } from './bounded-json.js';
import { isConfig } from './model-header.js';
import { type Described, dominatingType, isOf, type ReadFile, warning } from './read-files.js';
import { safe } from './reading.js';

const mostTextCharacters = 256;

/** All safetensors files as one model; in a folder with an index those that it names, and whatever else lies there is another form of them. */
export function describeSafetensors(files: readonly ReadFile[]): Described {
  const { shards, missing } = shardsOf(files);
  const found = shards.flatMap(({ header }) => (header.kind === 'safetensors' ? [header.header] : []));
  if (shards.length === 0) return { metadata: {}, warnings: missing };
  const isWhole = missing.length === 0 && found.length === shards.length;
  const parameters = isWhole ? safe(found.reduce((sum, header) => sum + header.parameters, 0)) : undefined;
  const quantization = dominatingType(found.map(({ elementsByType }) => elementsByType));
  const metadata = {
    format: 'safetensors' as const,
    ...(parameters !== undefined && { parameters }),
    ...(isShortText(quantization) && { quantization }),
    ...configured(files, shards),
  };
  return { metadata, warnings: missing };
}

function shardsOf(files: readonly ReadFile[]): { readonly shards: ReadFile[]; readonly missing: string[] } {
  const named = new Map<string, Set<string>>();
  const missing: string[] = [];
  const there = new Set(files.map(({ name }) => name));
  for (const { name, header } of files) {
    // Several indices in one folder are of several forms of one model: the first of them counts.
    if (header.kind !== 'shards' || named.has(folderOf(name))) continue;
    const names = header.names.map((shard) => folderOf(name) + shard);
    named.set(folderOf(name), new Set(names));
    const gone = names.filter((shard) => !there.has(shard));
    if (gone.length > 0) missing.push(warning('incomplete', name, `names ${gone.length} files that are not there`));
  }
  const shards = files.filter((file) => isOf('safetensors', file) && (named.get(folderOf(file.name))?.has(file.name) ?? true));
  return { shards, missing };
}

/** What the config.json beside the largest shard says, or else that of the model. */
function configured(files: readonly ReadFile[], shards: readonly ReadFile[]): { architecture?: string; context_length?: number } {
  const [largest] = [...shards].sort((a, b) => b.bytes - a.bytes);
  const configs = files.filter(({ name }) => isConfig(name));
  const inFolder = (folder: string) => configs.find(({ name }) => folderOf(name) === folder);
  const { header } = inFolder(folderOf(largest?.name ?? '')) ?? inFolder('') ?? {};
  if (header?.kind !== 'config') return {};
  const { config } = header;
  const architecture = memberOf(config, 'model_type');
  // Models that see as well as read say it of their text.
  const length = memberOf(config, 'max_position_embeddings') ?? memberOf(memberOf(config, 'text_config'), 'max_position_embeddings');
  return {
    ...(isShortText(architecture) && { architecture }),
    ...(typeof length === 'number' && Number.isSafeInteger(length) && length >= 0 && { context_length: length }),
  };
}

function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/') + 1);
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= mostTextCharacters && value.isWellFormed();
}
