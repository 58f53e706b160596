import { applyChange, type Content, type Draft, draftOf, fingerprintOfContent, finishedBytes } from './contents.js';
import type { Fingerprint } from './fingerprint.js';
import * as fingerprint from './fingerprint.js';
import { isCommitted, isJournaled, isTail } from './journal.js';
import type { Fated, Fates } from './namings.js';
import type { DirectoryNode, FileChange, FileNode } from './nodes.js';
import type { Fate } from './profiles.js';
import type { Volume } from './volume.js';

export interface Variant extends Content {
  readonly fingerprint: Fingerprint;
  readonly fates: Fated | undefined;
}

/** Where the journal ends, and what may become of a change that is not journaled. */
export interface VariantOptions {
  readonly volume: Volume;
  readonly fatesOfIndex: Fates;
  readonly journalEnd: number;
}

/** Every distinct content that a node can be left with. */
export function variantsOf(node: FileNode | DirectoryNode, options: VariantOptions): readonly Variant[] {
  const found = new Map<Fingerprint, Variant>();
  for (const variant of node.type === 'file' ? fileVariants(node, options) : modeVariants(node, options)) {
    if (!found.has(variant.fingerprint)) found.set(variant.fingerprint, variant);
  }
  return [...found.values()];
}

function fatesFor(change: FileChange, { volume, fatesOfIndex, journalEnd }: VariantOptions): readonly Fate[] {
  if (isCommitted(change)) return ['kept'];
  if (isJournaled(volume, change)) return change.index < journalEnd ? ['kept'] : ['lost'];
  // The size that a write gave was journaled after all that happened before it, or not yet.
  if (change.type === 'size' && change.index > journalEnd) return ['lost'];
  return fatesOfIndex.get(change.index) ?? [];
}

function modeVariants(node: DirectoryNode, options: VariantOptions): Iterable<Variant> {
  let met: readonly Variant[] = [variant({ mode: node.durableMode }, undefined)];
  for (const change of node.pending) {
    const { index, mode } = change;
    const kept = variant({ mode }, { index, fate: 'kept', before: undefined });
    met = fatesFor(change, options).flatMap((fate) => (fate === 'lost' ? met : [kept]));
  }
  return met;
}

/** `isCut` once a part of the tail is lost: all later parts of it are lost too. */
type FatedDraft = Draft & { readonly fates: Fated | undefined; readonly isCut: boolean };

/** Applies one change after the other to all drafts at once; drafts that have become equal go on as one. */
function* fileVariants(node: FileNode, options: VariantOptions): Generator<Variant, void> {
  let met: readonly FatedDraft[] = [{ ...draftOf(node), fates: undefined, isCut: false }];
  for (const change of node.pending) {
    const next = new Map<Fingerprint, FatedDraft>();
    const inTail = isTail(options.volume, change);
    for (const draft of met) {
      for (const fate of fatesFor(change, options)) {
        if (inTail && draft.isCut && fate !== 'lost') continue;
        const copy = draftAfter(draft, change, fate, inTail);
        const key = fingerprint.mix(
          fingerprint.mix(fingerprint.ofChangingBytes(copy.bytes), copy.size),
          copy.isCut ? copy.mode + 0x10000 : copy.mode,
        );
        if (!next.has(key)) next.set(key, copy);
      }
    }
    met = [...next.values()];
  }
  for (const draft of met) yield variant({ mode: draft.mode, bytes: finishedBytes(node, draft) }, draft.fates);
}

function draftAfter(draft: FatedDraft, change: FileChange, fate: Fate, inTail: boolean): FatedDraft {
  if (fate === 'lost') return inTail ? { ...draft, isCut: true } : draft;
  const sharesBytes = change.type !== 'data' && !(change.type === 'size' && change.size < draft.size);
  const fates = isCommitted(change) ? draft.fates : { index: change.index, fate, before: draft.fates };
  const after = { ...draft, fates, bytes: sharesBytes ? draft.bytes : draft.bytes.slice() };
  applyChange(after, change, fate);
  return after;
}

function variant(content: Content, fates: Fated | undefined): Variant {
  return { ...content, fingerprint: fingerprintOfContent(content), fates };
}
