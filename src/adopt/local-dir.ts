import { basename, join } from 'node:path';
import { isDigest } from '../core/digest.js';
import { formatModelRef } from '../core/model-ref.js';
import type { DiskProgram } from '../disk/program.js';
import type { Findings, Promised } from './found.js';
import { addModels, isWeights } from './models.js';
import { isFolder, textIfThere } from './reading.js';
import { type Member, membersBelow } from './walking.js';

const metadataFolder = '.cache/huggingface/download';

/** Whether files were downloaded into a folder itself (`hf download --local-dir`). */
export function isLocalDir(folder: string): DiskProgram<boolean> {
  return isFolder(join(folder, metadataFolder));
}

/** The models of such a folder: which repository they are of is not kept there, so that the folder's name is theirs. */
export function* localDirModels(findings: Findings): DiskProgram<void> {
  const { place: folder } = findings;
  const members: Member[] = [];
  for (const member of yield* membersBelow(findings, folder, () => ({}))) members.push(yield* withPromise(folder, member));
  const isModel = members.some((member) => isWeights(member));
  addModels(findings, { folder, members, modelFolders: isModel ? [''] : [] }, ({ stem, type, members: [first] }) => {
    const id = type === 'folder' ? basename(folder) : `${basename(folder)}/${stem}`;
    return {
      id: id.normalize('NFC'),
      source: formatModelRef({ kind: 'file', path: type === 'folder' ? folder : (first?.path ?? folder) }),
    };
  });
}

/** `<name>.metadata` has three lines: commit, etag and time. */
export function* promisedByMetadata(folder: string, name: string): DiskProgram<Promised> {
  const text = yield* textIfThere(join(folder, metadataFolder, `${name}.metadata`));
  return promisedByEtag(text?.split('\n')[1] ?? '');
}

/** The hub's etag of a file is its SHA-256, of a small one the SHA-1 of Git; any other says nothing. */
export function promisedByEtag(text: string): Promised {
  const etag = text.trim().replace(/^W\//, '').replaceAll('"', '');
  const sha256 = `sha256:${etag}`;
  if (isDigest(sha256)) return { sha256 };
  return /^[0-9a-f]{40}$/.test(etag) ? { gitBlob: etag } : {};
}

function* withPromise(folder: string, member: Member): DiskProgram<Member> {
  return 'flaw' in member ? member : { ...member, promised: yield* promisedByMetadata(folder, member.name) };
}
