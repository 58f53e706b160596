import { basename, dirname, join } from 'node:path';
import { formatModelRef } from '../core/model-ref.js';
import type { DiskProgram } from '../disk/program.js';
import type { Findings } from './found.js';
import { isLocalDir, promisedByMetadata } from './local-dir.js';
import { addModels, isWeights } from './models.js';
import { type Member, membersBelow } from './walking.js';

/**
 * CAT-ADO-2201: a plain directory, with all that is below it. Each GGUF, whole or split, is a model; a folder with weights and a
 * `config.json`, or with a `model_index.json`, is one; other safetensors are models by themselves.
 */
export function* findInDirectory(findings: Findings): DiskProgram<void> {
  const { place } = findings;
  const members: Member[] = [];
  const isDownload = yield* isLocalDir(place);
  for (const member of yield* membersBelow(findings, place, () => ({}))) {
    const isPromised = isDownload && !('flaw' in member);
    members.push(isPromised ? { ...member, promised: yield* promisedByMetadata(place, member.name) } : member);
  }
  addModels(findings, { folder: place, members, modelFolders: modelFolders(members) }, ({ stem, type, members: [first] }) => {
    const path = type === 'folder' ? join(place, stem) : (first?.path ?? place);
    return { id: (stem === '' ? basename(place) : stem).normalize('NFC'), source: formatModelRef({ kind: 'file', path }) };
  });
}

/** The outermost ones: what is below a folder that is a model belongs to it. */
function modelFolders(members: readonly Member[]): string[] {
  const folders = new Map<string, { isPipeline: boolean; hasConfig: boolean; hasWeights: boolean }>();
  for (const member of members) {
    const folder = folderOf(member.name);
    const seen = folders.get(folder) ?? { isPipeline: false, hasConfig: false, hasWeights: false };
    folders.set(folder, seen);
    const name = basename(member.name);
    if (name === 'model_index.json') seen.isPipeline = true;
    if (name === 'config.json' || name.endsWith('.safetensors.index.json')) seen.hasConfig = true;
    if (isWeights(member)) seen.hasWeights = true;
  }
  const models = [...folders].filter(([, { isPipeline, hasConfig, hasWeights }]) => isPipeline || (hasConfig && hasWeights));
  const names = new Set(models.map(([name]) => name));
  return [...names].filter((name) => !isBelowOneOf(name, names));
}

function isBelowOneOf(name: string, names: ReadonlySet<string>): boolean {
  for (let above = name; above !== ''; ) {
    above = folderOf(above);
    if (names.has(above)) return true;
  }
  return false;
}

function folderOf(name: string): string {
  const folder = dirname(name);
  return folder === '.' ? '' : folder;
}
