import { isCatalogError } from '../core/errors.js';
import type { VerificationOutcome } from '../core/verification.js';
import {
  type Facts,
  type OperationEvent,
  type OperationKind,
  operationChannel,
  type VerificationEvent,
  verificationChannel,
} from './channels.js';
import { type Logger, lineOfOperation, lineOfVerification, logged } from './logger.js';

/** A call that is told of when it ends. */
export interface ToldCall {
  readonly operation: string;
  readonly kind?: OperationKind | undefined;
  readonly isDryRun?: boolean;
  readonly correlationId: () => string;
}

/** Tells whoever subscribed, and the logger, of what a catalog does; does nothing where nobody listens. */
export class Telling {
  readonly #root: string;
  readonly #logger: Logger | undefined;
  readonly #monotonicMs: () => number;

  constructor(parts: { readonly root: string; readonly logger?: Logger | undefined; readonly monotonicMs: () => number }) {
    this.#root = parts.root;
    this.#logger = parts.logger;
    this.#monotonicMs = parts.monotonicMs;
  }

  /** Does work, and tells how it ended; what it was about is asked for only where somebody listens. */
  async told<T>(call: ToldCall, work: () => Promise<T>, facts: (result: T | undefined) => Facts): Promise<T> {
    if (!this.#isHeard(operationChannel)) return work();
    const began = this.#monotonicMs();
    let result: T;
    try {
      result = await work();
    } catch (error) {
      const why = isCatalogError(error) ? { code: error.code, message: error.message } : { message: 'failed' };
      this.#tell(call, began, { outcome: 'failure', ...facts(undefined), ...why });
      throw error;
    }
    this.#tell(call, began, { outcome: 'success', ...facts(result) });
    return result;
  }

  verified(id: string, outcome: VerificationOutcome, correlationId: () => string): void {
    if (!this.#isHeard(verificationChannel)) return;
    const { kind: result, reason, method, bytes, duration_ms } = outcome;
    const event: VerificationEvent = {
      ...{ model_id: id, result, ...(reason && { reason }), method, bytes, duration_ms },
      ...{ correlation_id: correlationId(), root: this.#root },
    };
    verificationChannel.publish(event);
    if (this.#logger !== undefined) logged(this.#logger, lineOfVerification(event), event);
  }

  #tell(
    { operation, kind, isDryRun, correlationId }: ToldCall,
    began: number,
    ended: Facts & Pick<OperationEvent, 'outcome' | 'code' | 'message'>,
  ): void {
    const event: OperationEvent = {
      // CAT-OBS-6102: what was not done has no kind, so that nobody counts it.
      ...{ operation, ...(isDryRun ? { dry_run: true } : kind && { kind }), ...withoutAbsent(ended) },
      ...{ duration_ms: this.#monotonicMs() - began, correlation_id: correlationId(), root: this.#root },
    };
    operationChannel.publish(event);
    if (this.#logger !== undefined) logged(this.#logger, lineOfOperation(event), event);
  }

  #isHeard({ hasSubscribers }: { readonly hasSubscribers: boolean }): boolean {
    return hasSubscribers || this.#logger !== undefined;
  }
}

const withoutAbsent = <T extends object>(given: T): T =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;
