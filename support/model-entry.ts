import type { EngineEntry, ModelEntry } from '../src/core/records.js';

/** A model entry for tests; what matters to a test is given. */
export function modelEntry(id: string, rest: Partial<ModelEntry> = {}): ModelEntry {
  return {
    id,
    name: id,
    source: `file:///models/${encodeURIComponent(id)}.gguf`,
    state: 'Pending',
    trust_state: 'unverified',
    registered_at: '2026-01-02T03:04:05.678Z',
    ...rest,
  };
}

export function engineEntry(id: string, rest: Partial<EngineEntry> = {}): EngineEntry {
  return { id, engine: 'llama.cpp', version: '1.0.0', artifacts: ['/opt/engines/llama'], created_ms: 1_767_323_045_678, ...rest };
}
