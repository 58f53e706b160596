import { refusal } from './errors.js';
import type { ModelEntry } from './records.js';

/** CAT-GC-2304: the entry with a pin for that reason; one that has it already stays as it is. */
export function pinned(entry: ModelEntry, reason: string, now: Date): ModelEntry {
  if (typeof reason !== 'string' || reason === '')
    throw refusal('InvalidArgument', 'a pin has a reason, which is text', { argument: 'reason' });
  const { pins = [] } = entry;
  if (pins.some((pin) => pin.reason === reason)) return entry;
  return { ...entry, pins: [...pins, { reason, since: now.toISOString() }] };
}

/** The entry without its pins. */
export function unpinned(entry: ModelEntry): ModelEntry {
  const { pins, ...rest } = entry;
  return pins === undefined ? entry : rest;
}
