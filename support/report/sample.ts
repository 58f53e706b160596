import type { EngineEntry, ModelEntry } from '../../src/core/records.js';
import type { Drift } from '../../src/drift.js';
import { type GrowthPoint, grownThrough, type PastChange } from '../../src/report/growth.js';
import type { ReportInput } from '../../src/report/report.js';
import { engineEntry, modelEntry } from '../model-entry.js';
import { adoptedModel, digestOf, fileOf, keptModel } from './models.js';

const GB = 1e9;
/** The catalog of somebody who tries much: what a page of it must show well. */
export async function busyCatalog(): Promise<ReportInput> {
  const models = busyModels();
  return {
    ...{ models, engines: busyEngines(), now, root: '/home/ada/.cache/models' },
    usage: {
      ...{ entries: models.length, stored_bytes: 126.2 * GB, shared_bytes: 9.2 * GB, referenced_bytes: 68.3 * GB },
      ...{ reclaimable_bytes: 13.6 * GB, duplicate_bytes: 8.5 * GB },
      by_tool: { ollama: { entries: 4, bytes: 44.3 * GB }, 'hugging-face': { entries: 6, bytes: 13.1 * GB } },
    },
    drift: driftThere,
    history: await busyHistory(models),
  };
}

/** Files that somebody changed or took away behind the catalog's back. */
const driftThere: readonly Drift[] = [
  { id: 'gemma-3n-e2b', path: '/home/ada/.ollama/blobs/sha256-14', reason: 'missing' },
  { id: 'minilm-l6', path: '/home/ada/.hugging-face/hub/models--sentence-transformers--all-MiniLM-L6-v2/blobs/15', reason: 'changed' },
];

const now = new Date('2026-11-21T20:15:00.000Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);

function busyModels(): ModelEntry[] {
  const tokenizer = fileOf(900, 4.6 * GB, 'encoder.safetensors');
  const verified = (days: number) =>
    ({ trust_state: 'verified', verified_at: daysAgo(days).toISOString(), last_verified_ms: daysAgo(days).getTime() }) as const;
  const seen = (days: number) => ({ last_verified_ms: daysAgo(days).getTime() });
  const kind = (architecture: string, parameters: number, quantization: string) =>
    ({ metadata: { format: 'gguf', architecture, parameters, quantization } }) as const;
  const from = (repo: string) => ({ source: `hf:${repo}` });
  return [
    keptModel('llama-3.3-70b', [fileOf(1, 42.5 * GB)], {
      ...from('meta-llama/Llama-3.3-70B-Instruct'),
      ...verified(3),
      ...kind('llama', 70.6e9, 'Q4_K_M'),
      pins: [{ reason: 'in production', since: '2026-05-01' }],
    }),
    keptModel('mixtral-8x7b', [fileOf(2, 26.4 * GB)], {
      ...from('mistralai/Mixtral-8x7B-Instruct-v0.1'),
      ...verified(20),
      ...kind('mixtral', 46.7e9, 'Q4_K_M'),
    }),
    keptModel('flux-dev', [fileOf(3, 11.9 * GB), tokenizer], {
      ...from('black-forest-labs/FLUX.1-dev'),
      ...seen(51),
      metadata: { format: 'safetensors', parameters: 12e9 },
    }),
    keptModel('flux-schnell', [fileOf(4, 11.9 * GB), tokenizer], {
      ...from('black-forest-labs/FLUX.1-schnell'),
      ...seen(51),
      metadata: { format: 'safetensors', parameters: 12e9 },
    }),
    keptModel('sd-3.5', [fileOf(5, 5.1 * GB), tokenizer], {
      ...from('stabilityai/stable-diffusion-3.5-medium'),
      ...seen(140),
      metadata: { format: 'safetensors', parameters: 2.5e9 },
    }),
    keptModel('tinyllama', [fileOf(6, 0.669 * GB)], {
      ...from('TheBloke/TinyLlama-1.1B-Chat-v1.0-GGUF'),
      ...verified(1),
      ...kind('llama', 1.1e9, 'Q4_K_M'),
    }),
    keptModel('old-classifier', [fileOf(7, 0.438 * GB, 'pytorch_model.bin')], {
      state: 'Retired',
      ...seen(200),
      metadata: { format: 'other', code_bearing: true, warnings: ['pickle'] },
    }),
    keptModel('broken-download', [fileOf(8, 4.1 * GB)], {
      state: 'Failed',
      trust_state: 'unverified',
      ...from('Qwen/Qwen2.5-7B-Instruct-GGUF'),
      ...seen(9),
    }),
    modelEntry('to-come', from('google/gemma-3-27b-it')),
    adoptedModel('qwen2.5-32b', 'ollama', fileOf(9, 19.9 * GB, 'blobs/sha256-9'), { ...seen(14), ...kind('qwen2', 32.8e9, 'Q4_K_M') }),
    adoptedModel('gemma2-27b', 'ollama', fileOf(10, 15.6 * GB, 'blobs/sha256-10'), { ...seen(14), ...kind('gemma2', 27.2e9, 'Q4_0') }),
    adoptedModel('phi-4', 'ollama', fileOf(12, 8.5 * GB, 'blobs/sha256-12'), { ...kind('phi3', 14.7e9, 'Q4_K_M') }),
    adoptedModel('whisper-large-v3', 'hugging-face', fileOf(11, 3.09 * GB, 'hub/models--openai--whisper-large-v3/blobs/11'), {
      ...verified(60),
      metadata: { format: 'safetensors', architecture: 'whisper', parameters: 1.54e9 },
    }),
    adoptedModel('phi-4-hf', 'hugging-face', fileOf(12, 8.5 * GB, 'hub/models--microsoft--phi-4/blobs/12'), {
      ...seen(14),
      ...kind('phi3', 14.7e9, 'Q4_K_M'),
    }),
    keptModel('nas/deepseek-r1-distill', [fileOf(13, 12 * GB)], {
      mode: 'reference',
      local_path: '/mnt/nas/deepseek.gguf',
      source: 'file:///mnt/nas/deepseek.gguf',
      ...seen(33),
      ...kind('qwen2', 14.8e9, 'Q6_K'),
    }),
    ...smallModels(),
  ];
}

/** What gathers beside the large ones. */
function smallModels(): ModelEntry[] {
  const looked = (days: number) => ({ last_verified_ms: daysAgo(days).getTime() });
  const hub = (repo: string) => ({ source: `hf:${repo}` });
  const weights = (id: string, content: number, bytes: number, repo: string, metadata: ModelEntry['metadata'] = {}) =>
    adoptedModel(id, 'hugging-face', fileOf(content, bytes, `hub/models--${repo.replace('/', '--')}/blobs/${content}`), {
      ...hub(repo),
      ...looked(14),
      metadata: { format: 'safetensors', ...metadata },
    });
  return [
    adoptedModel('gemma-3n-e2b', 'ollama', fileOf(14, 0.3 * GB, 'blobs/sha256-14'), looked(14)),
    weights('minilm-l6', 15, 90.9e6, 'sentence-transformers/all-MiniLM-L6-v2', { architecture: 'bert', parameters: 22.7e6 }),
    weights('bge-small-en', 16, 133e6, 'BAAI/bge-small-en-v1.5', { architecture: 'bert', parameters: 33.4e6 }),
    weights('clip-vit-base', 17, 605e6, 'openai/clip-vit-base-patch32', { architecture: 'clip', parameters: 151e6 }),
    weights('siglip-so400m', 18, 713e6, 'google/siglip-so400m-patch14-384', { architecture: 'siglip', parameters: 878e6 }),
    adoptedModel('smollm2-360m', 'lm-studio', fileOf(19, 0.386 * GB, 'models/smollm2-360m-q8_0.gguf'), {
      ...looked(2),
      metadata: { format: 'gguf', architecture: 'llama', parameters: 362e6, quantization: 'Q8_0' },
    }),
    keptModel('kokoro-82m', [fileOf(20, 0.327 * GB, 'kokoro-v1_0.pth')], {
      ...hub('hexgrad/Kokoro-82M'),
      ...looked(6),
      metadata: { format: 'other', code_bearing: true },
    }),
    keptModel('mistral-small-3.1', [fileOf(21, 2.4 * GB, 'mistral-small-3.1-q4_k_m.gguf')], {
      ...hub('mistralai/Mistral-Small-3.1-24B-Instruct-2503'),
      ...looked(6),
      metadata: {
        ...{ format: 'gguf', architecture: 'llama', parameters: 23.6e9, quantization: 'Q4_K_M' },
        warnings: ['truncated: mistral-small-3.1-q4_k_m.gguf has 2400000000 bytes of 14300000000'],
      },
    }),
    keptModel('starcoder2-3b', [fileOf(22, 1.8 * GB, 'starcoder2-3b.gguf')], {
      ...hub('bigcode/starcoder2-3b'),
      ...looked(6),
      metadata: {
        ...{ format: 'gguf', architecture: 'starcoder2', parameters: 3.03e9, quantization: 'Q4_K_M' },
        warnings: ['bad-value: starcoder2-3b.gguf has a starcoder2.context_length that is none'],
      },
    }),
    keptModel(`team/${'a-name-that-somebody-made-of-all-there-was-to-say-'.repeat(4)}q4_k_m`, [fileOf(23, 0.042 * GB)], looked(6)),
    keptModel('nomic-embed-text', [fileOf(24, 0.274 * GB)], {
      ...{ trust_state: 'verified', ...looked(1), ...hub('nomic-ai/nomic-embed-text-v1.5') },
      metadata: { format: 'gguf', architecture: 'nomic-bert', parameters: 137e6, quantization: 'F16' },
    }),
    modelEntry('planned/qwen3-coder', hub('Qwen/Qwen3-Coder-30B-A3B-Instruct')),
  ];
}

function busyEngines(): EngineEntry[] {
  return [
    engineEntry('llama.cpp:b6700', {
      version: 'b6700',
      build_ref: 'https://github.com/ggml-org/llama.cpp',
      created_ms: daysAgo(12).getTime(),
    }),
    engineEntry('stable-diffusion.cpp:0.4.1', {
      engine: 'stable-diffusion.cpp',
      version: '0.4.1',
      artifacts: [digestOf(900)],
      created_ms: daysAgo(40).getTime(),
    }),
  ];
}

/** Each was added unverified some day of the year and verified later; some were removed again. */
async function busyHistory(models: readonly ModelEntry[]): Promise<readonly GrowthPoint[]> {
  const gone = ['mistral-7b', 'codellama-34b', 'vicuna-13b'].map((id, place) => keptModel(id, [fileOf(50 + place, (4 + 7 * place) * GB)]));
  const all = [...gone, ...models];
  const changes = all.flatMap((model, place): PastChange[] => [
    told(model, { days: 330 - place * 11, change: 'added', members: { bytes: model.bytes, trust_state: 'unverified' } }),
    told(model, { days: 324 - place * 11, change: 'changed', members: { trust_state: model.trust_state } }),
  ]);
  changes.push(...gone.map((model, place) => told(model, { days: 150 - 31 * place, change: 'removed', members: {} })));
  return grownThrough(oneByOne(changes.sort((a, b) => (a.at < b.at ? -1 : 1))));
}

interface Told {
  readonly days: number;
  readonly change: PastChange['change'];
  readonly members: Readonly<Record<string, unknown>>;
}

function told({ id }: ModelEntry, { days, change, members }: Told): PastChange {
  const changed = Object.entries(members).map(([member, after]) => ({ member, ...(after !== undefined && { after }) }));
  return { at: daysAgo(Math.max(1, days)).toISOString(), collection: 'models', id, change, members: changed };
}

export async function* oneByOne<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
