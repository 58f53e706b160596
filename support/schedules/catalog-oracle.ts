import { canonicalJson } from '../../src/core/canonical-json.js';
import { isCatalogError } from '../../src/core/errors.js';
import { type Generation, records } from '../../src/core/generation.js';
import { decodeIndex } from '../../src/core/index-file.js';
import type { ModelEntry } from '../../src/core/records.js';
import type { TreeEntry } from '../../src/disk/simulated/tree.js';
import type { Moment } from '../../src/sim/schedule-explorer.js';
import { modelEntry } from '../model-entry.js';
import { type Held, type Look, root, type Said } from './catalog-actors.js';

export interface Expectation {
  /** What was there before anybody began. */
  readonly before: readonly Held[];
  readonly keepGenerations: number;
}

/** All that the actors of a scene said, by actor and together. */
export interface Heard {
  readonly byActor: Readonly<Record<string, readonly Said[]>>;
  readonly acknowledged: readonly Held[];
  readonly refused: readonly (Said & { type: 'refused' })[];
}

/**
 * When all have ended: each promise was told the truth, and the disk holds it. No acknowledged put is lost, no revision was told
 * twice, whoever looked saw one generation whole and nothing before what was acknowledged, and nothing is left half done.
 */
export function judgeEnd(moment: Moment, expected: Expectation): void {
  const heard = heardIn(moment);
  judgeEndings(moment);
  judgeRevisions(heard);
  for (const [actor, said] of Object.entries(heard.byActor)) judgeLooks(actor, said, heard, expected);
  judgeDisk(moment, heard, expected);
}

export function heardIn(moment: Moment): Heard {
  const byActor = moment.told as Record<string, readonly Said[]>;
  const all = Object.values(byActor).flat();
  return {
    byActor,
    acknowledged: all.flatMap((said) => (said.type === 'acknowledged' ? [{ id: said.id, revision: said.revision }] : [])),
    refused: all.flatMap((said) => (said.type === 'refused' ? [said] : [])),
  };
}

/** A catalog's promise ends well or with an error of the closed list; these scenes have no reason for any but one. */
function judgeEndings(moment: Moment): void {
  for (const [actor, ending] of Object.entries(moment.endings)) {
    if (ending.kind === 'returned') continue;
    const { error } = ending;
    const what = isCatalogError(error) ? `${error.code}: ${error.message}` : `an error that is not typed: ${String(error)}`;
    throw new Error(`${actor} ended with ${what}`);
  }
}

function judgeRevisions({ acknowledged, refused }: Heard): void {
  const told = acknowledged.map(({ revision }) => revision);
  if (new Set(told).size < told.length) throw new Error(`one revision was acknowledged to two: ${show(acknowledged)}`);
  const wrong = refused.find(({ code }) => code !== 'CommitUnknown');
  if (wrong) throw new Error(`the put of ${wrong.id} was refused with ${wrong.code}`);
}

function judgeLooks(actor: string, said: readonly Said[], heard: Heard, { before }: Expectation): void {
  let earlier = -1;
  for (const one of said) {
    if (one.type !== 'shown') continue;
    const { look, mustHold } = one;
    if (look.revision < earlier) throw new Error(`${actor} was shown revision ${look.revision} after ${earlier}`);
    earlier = look.revision;
    const missing = mustHold.find((held) => !holds(look.models, held));
    if (missing) throw new Error(`${actor} was not shown ${missing.id}, which was acknowledged before: ${show(look)}`);
    judgeLook(actor, look, heard, before);
  }
}

/** A look is one generation: all that was acknowledged up to its revision, and nothing from later. */
function judgeLook(actor: string, look: Look, { acknowledged, refused }: Heard, before: readonly Held[]): void {
  const known = [...before, ...acknowledged];
  const lacking = known.find((held) => held.revision <= look.revision && !holds(look.models, held));
  if (lacking) throw new Error(`${actor} was shown revision ${look.revision} without ${show(lacking)}: ${show(look)}`);
  for (const model of look.models) {
    if (model.revision > look.revision) throw new Error(`${actor} was shown a record of the future: ${show(look)}`);
    const isKnown = holds(known, model) || refused.some(({ id }) => id === model.id);
    if (!isKnown && !isAsked(model, heardNothingOf(acknowledged, model))) throw new Error(`${actor} was shown ${show(model)}`);
  }
}

function judgeDisk(moment: Moment, heard: Heard, { before, keepGenerations }: Expectation): void {
  const tree = moment.disk().snapshotTree();
  const generations = generationsIn(tree);
  const newest = generations.at(-1);
  if (newest === undefined) throw new Error('there is no generation');
  judgeContent(generationAt(tree, `${root}/generations/models/${newest}`), heard, before);
  const wanted = Math.min(keepGenerations, newest + 1);
  const lacking = Array.from({ length: wanted }, (_, at) => newest - at).filter((revision) => !generations.includes(revision));
  if (lacking.length > 0) throw new Error(`generation ${lacking.join(', ')} was removed although ${keepGenerations} are kept`);
  judgeTidy(tree);
}

/** At rest `catalog.json` is the newest generation, and no temp remains. */
export function judgeTidy(tree: ReadonlyMap<string, TreeEntry>): void {
  const newest = generationsIn(tree).at(-1);
  const [shown, published] = [tree.get(`${root}/catalog.json`), tree.get(`${root}/generations/models/${newest}`)];
  if (shown?.inode !== published?.inode) throw new Error(`catalog.json shows an earlier generation than ${newest}`);
  const temps = [...tree.keys()].filter((path) => /\.tmp(\.d)?$/.test(path));
  if (temps.length > 0) throw new Error(`a temp is left: ${temps.join(', ')}`);
}

function judgeContent(generation: Generation<ModelEntry>, { acknowledged, refused }: Heard, before: readonly Held[]): void {
  const found = [...records(generation)];
  for (const held of [...before, ...acknowledged]) {
    const versioned = found.find(({ record }) => record.id === held.id);
    if (versioned === undefined) throw new Error(`${held.id} was acknowledged as revision ${held.revision} and is lost`);
    if (versioned.revision !== held.revision)
      throw new Error(`${held.id} was acknowledged as ${held.revision}, and is at ${versioned.revision}`);
    if (canonicalJson(versioned.record) !== canonicalJson(modelEntry(held.id))) throw new Error(`${held.id} has another content`);
  }
  const stray = found.find(({ record }) => ![...before, ...acknowledged, ...refused].some(({ id }) => id === record.id));
  if (stray) throw new Error(`${stray.record.id} is there, and nobody put it`);
}

function generationAt(tree: ReadonlyMap<string, TreeEntry>, path: string): Generation<ModelEntry> {
  const file = tree.get(path);
  if (file?.type !== 'file') throw new Error(`${path} is no file`);
  const decoded = decodeIndex('models', Buffer.from(file.bytes));
  if (decoded.kind !== 'intact') throw new Error(`${path} is ${decoded.kind}`);
  return decoded.generation as Generation<ModelEntry>;
}

function generationsIn(tree: ReadonlyMap<string, TreeEntry>): number[] {
  return [...tree.keys()].flatMap((path) => revisionOf(path) ?? []).sort((a, b) => a - b);
}

function revisionOf(path: string): number | undefined {
  const [, revision] = /\/generations\/models\/([0-9]+)$/.exec(path) ?? [];
  return revision === undefined ? undefined : Number(revision);
}

function heardNothingOf(acknowledged: readonly Held[], { id }: Held): boolean {
  return !acknowledged.some((held) => held.id === id);
}

/** While its writer is still on its way a model may be shown: it was asked for, and that is all that is known. */
function isAsked({ id }: Held, isPending: boolean): boolean {
  return isPending && /^[a-z]+-[0-9]+$/.test(id);
}

function holds(all: readonly Held[], { id, revision }: Held): boolean {
  return all.some((held) => held.id === id && held.revision === revision);
}

function show(what: unknown): string {
  return JSON.stringify(what);
}
