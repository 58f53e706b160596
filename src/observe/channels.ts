import { channel } from 'node:diagnostics_channel';
import type { Digest } from '../core/digest.js';
import type { ErrorCode } from '../core/errors.js';
import type { FailureReason, VerificationOutcome } from '../core/verification.js';

/** What a call of a catalog was about, and what it found: no member is a secret, and what is a URL bears none (CAT-SEC-6004). */
export interface Facts {
  readonly model_id?: string | undefined;
  readonly engine_id?: string | undefined;
  /** The reference that a model comes from. */
  readonly model_ref?: string | undefined;
  readonly digest?: Digest | undefined;
  /** That were added, read or freed. */
  readonly bytes?: number | undefined;
  /** How many models, files or findings it was about, where it was about several. */
  readonly count?: number | undefined;
}

/** Of what kind an operation is that changes something or vouches for something (CAT-OBS-6102). */
export type OperationKind = 'register' | 'add' | 'adopt' | 'verify' | 'update' | 'delete' | 'evict' | 'gc';

/** Told once for each call of a catalog, when it has ended (CAT-OBS-6101). */
export interface OperationEvent extends Facts {
  /** As the history names it: `add`, `state`, `rm`, `engine add`, … */
  readonly operation: string;
  /** Absent where it only looks, as a dry run does. */
  readonly kind?: OperationKind;
  /** Of a dry run, which was to change nothing: `bytes` and `count` are what would have been added, freed or changed. */
  readonly dry_run?: true;
  readonly outcome: 'success' | 'failure';
  /** Of a failure. */
  readonly code?: ErrorCode;
  readonly message?: string;
  readonly duration_ms: number;
  /** One for all that a call does: the `operation_id` of each change that it made. */
  readonly correlation_id: string;
  /** Where the catalog is. */
  readonly root: string;
}

/** Told of each verification of one model, alone or as one of many, when its outcome is known. */
export interface VerificationEvent {
  readonly model_id: string;
  readonly result: VerificationOutcome['kind'];
  readonly reason?: FailureReason;
  readonly method: VerificationOutcome['method'];
  readonly bytes: number;
  readonly duration_ms: number;
  readonly correlation_id: string;
  readonly root: string;
}

/** The names of the channels of `node:diagnostics_channel`. */
export const channels = { operation: 'catalog-core:operation', verification: 'catalog-core:verification' } as const;

export const operationChannel = channel(channels.operation);
export const verificationChannel = channel(channels.verification);
