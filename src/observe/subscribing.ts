import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { channels, type OperationEvent, type VerificationEvent } from './channels.js';

/** Calls a listener with each operation of every catalog of this process, when it has ended; gives what ends that. */
export const onOperation = (listener: (event: OperationEvent) => void): (() => void) => listening(channels.operation, listener);

/** The same of each verification of a model. */
export const onVerification = (listener: (event: VerificationEvent) => void): (() => void) => listening(channels.verification, listener);

function listening<E>(name: string, listener: (event: E) => void): () => void {
  const hear = (event: unknown): void => listener(event as E);
  subscribe(name, hear);
  return () => void unsubscribe(name, hear);
}
