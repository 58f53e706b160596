import type { ErrorCode } from 'catalog-core';

// Ids, and nothing else of a model: each process reads the rest from its own catalog, where it is whole and newest.

export interface FromWindow {
  readonly wanted: string;
}

export type FromMain = { readonly brought: string } | { readonly failed: string; readonly code: ErrorCode };
