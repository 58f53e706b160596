import type { Fingerprint } from './fingerprint.js';
import * as fingerprint from './fingerprint.js';
import type { DirectoryNode, FileNode, NameChange } from './nodes.js';
import type { Fate } from './profiles.js';
import {
  applyChange,
  type Content,
  type Draft,
  draftOf,
  fingerprintOfContent,
  finishedBytes,
  namesAfter,
  type SurvivingNames,
} from './survivors.js';
import type { Volume } from './volume.js';

/** Fates met so far, newest first; shared between all that begin alike. */
export interface Fated {
  readonly index: number;
  readonly fate: Fate;
  readonly before: Fated | undefined;
}

export interface Naming {
  readonly names: SurvivingNames;
  readonly fates: Fated | undefined;
}

export interface Variant extends Content {
  readonly fingerprint: Fingerprint;
  readonly fates: Fated | undefined;
}

export type Fates = ReadonlyMap<number, readonly Fate[]>;

/** Every distinct set of names that can survive. */
export function namings(volume: Volume, fatesOfIndex: Fates): Iterable<Naming> {
  let met = new Map<string, Naming>([['', { names: new Map(), fates: undefined }]]);
  for (const change of volume.names) {
    const next = new Map<string, Naming>();
    for (const naming of met.values()) {
      for (const fate of fatesOfIndex.get(change.index) ?? []) {
        const after = naming.fates === undefined && fate === 'lost' ? naming : namingAfter(volume, naming, change, fate);
        const key = keyOf(after.names);
        if (!next.has(key)) next.set(key, after);
      }
    }
    met = next;
  }
  return met.values();
}

/** Every distinct content that a node can be left with. */
export function variantsOf(node: FileNode | DirectoryNode, fatesOfIndex: Fates): readonly Variant[] {
  const found = new Map<Fingerprint, Variant>();
  for (const variant of node.type === 'file' ? fileVariants(node, fatesOfIndex) : modeVariants(node)) {
    if (!found.has(variant.fingerprint)) found.set(variant.fingerprint, variant);
  }
  return [...found.values()];
}

function namingAfter(volume: Volume, { names, fates }: Naming, change: NameChange, fate: Fate): Naming {
  if (fate === 'lost') return { names, fates };
  return { names: namesAfter(volume, names, change, fate), fates: { index: change.index, fate, before: fates } };
}

function keyOf(names: SurvivingNames): string {
  let sum = 0;
  for (const [directory, entries] of names) {
    sum = fingerprint.add(sum, fingerprint.mix(directory, 11));
    for (const [name, node] of entries) {
      sum = fingerprint.add(sum, fingerprint.mix(fingerprint.mix(directory, fingerprint.ofText(name)), node));
    }
  }
  return `${names.size}:${sum}`;
}

function* modeVariants(node: DirectoryNode): Generator<Variant, void> {
  yield variant({ mode: node.durableMode }, undefined);
  for (const { index, mode } of node.pending) yield variant({ mode }, { index, fate: 'kept', before: undefined });
}

type FatedDraft = Draft & { readonly fates: Fated | undefined };

/** Applies one change after the other to all drafts at once; drafts that have become equal go on as one. */
function* fileVariants(node: FileNode, fatesOfIndex: Fates): Generator<Variant, void> {
  let met: readonly FatedDraft[] = [{ ...draftOf(node), fates: undefined }];
  for (const change of node.pending) {
    const next = new Map<Fingerprint, FatedDraft>();
    for (const draft of met) {
      for (const fate of fatesOfIndex.get(change.index) ?? []) {
        const after = fate === 'lost' ? draft : { ...draft, fates: { index: change.index, fate, before: draft.fates } };
        const copy = change.type === 'data' && fate !== 'lost' ? { ...after, bytes: after.bytes.slice() } : shrinkSafe(after, change);
        applyChange(copy, change, fate);
        const key = fingerprint.mix(fingerprint.mix(fingerprint.ofChangingBytes(copy.bytes), copy.size), copy.mode);
        if (!next.has(key)) next.set(key, copy);
      }
    }
    met = [...next.values()];
  }
  for (const draft of met) yield variant({ mode: draft.mode, bytes: finishedBytes(node, draft) }, draft.fates);
}

/** A smaller size zeroes what it cuts off, so the draft may not share its bytes then. */
function shrinkSafe(draft: FatedDraft, change: FileNode['pending'][number]): FatedDraft {
  const cuts = change.type === 'size' && change.size < draft.size;
  return { ...draft, bytes: cuts ? draft.bytes.slice() : draft.bytes };
}

function variant(content: Content, fates: Fated | undefined): Variant {
  return { ...content, fingerprint: fingerprintOfContent(content), fates };
}
