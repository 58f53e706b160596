/** CAT-ADO-2204: what a catalog holds, in bytes. */
export interface UsageReport {
  entries: number;
  /** Of blobs, each once. */
  stored_bytes: number;
  /** What is saved because entries share blobs: their sizes beyond the first entry. */
  shared_bytes: number;
  /** Of files that are referenced or adopted where they lie. */
  referenced_bytes: number;
  /** What `gc` would free. */
  reclaimable_bytes: number;
  /** Of content that lies more than once on this machine: in other tools' stores, or there and here. */
  duplicate_bytes: number;
  by_tool: Record<string, { entries: number; bytes: number }>;
}
