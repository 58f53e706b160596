import type { EngineEntry, ModelEntry } from '../core/records.js';

const sha = (digit: string): `sha256:${string}` => `sha256:${digit.repeat(64)}`;

/** A model; what matters to a case is given. */
export function model(id: string, rest: Partial<ModelEntry> & Record<string, unknown> = {}): ModelEntry {
  const source = `file:///models/${encodeURIComponent(id)}.gguf`;
  return { id, name: id, source, state: 'Pending', trust_state: 'unverified', registered_at: '2026-01-02T03:04:05.678Z', ...rest };
}

export function engine(id: string, rest: Partial<EngineEntry> & Record<string, unknown> = {}): EngineEntry {
  return { id, engine: 'llama.cpp', version: '1.0.0', artifacts: ['/opt/engines/llama'], created_ms: 1_767_323_045_678, ...rest };
}

/** A model in which every member is set. */
export const fullModel: ModelEntry = model('full', {
  state: 'Active',
  trust_state: 'verified',
  ref: 'hf:org/repo@main/full.gguf',
  digest: sha('a'),
  digest_source: 'declared',
  declared: `sha512:${'b'.repeat(128)}`,
  bytes: 12_345,
  files: [{ path: 'full.gguf', digest: sha('a'), bytes: 12_345, identity: '1:2:12345:4:5' }],
  local_path: 'models/full-aaaa',
  mode: 'copy',
  verified_at: '2026-01-03T00:00:00.000Z',
  last_verified_ms: 1_767_400_000_000,
  last_used_ms: 1_767_500_000_000,
  labels: { team: 'vision', empty: '' },
  metadata: { format: 'gguf', architecture: 'llama', parameters: 7e9, quantization: 'Q4_K_M', context_length: 4096, warnings: ['one'] },
  pins: [{ reason: 'the demo', since: '2026-01-03T00:00:00.000Z' }],
  adopted_from: { tool: 'ollama', path: '/home/user/.ollama' },
});

export const fullEngine: EngineEntry = engine('llama.cpp:2.0.0', {
  version: '2.0.0',
  build_ref: 'b1234',
  digest: sha('c'),
  build_flags: ['-O3', '--cuda'],
  artifacts: [sha('d'), '/opt/llama/lib.so'],
  binary_path: '/opt/llama/llama-server',
  sampler_profile_version: '7',
});
