import { isAbsolute, join } from 'node:path';
import { formatModelRef } from '../core/model-ref.js';
import type { DiskProgram } from '../disk/program.js';
import type { Findings } from './found.js';
import { isUnfinished } from './leftovers.js';
import { addModels } from './models.js';
import { isFolder, jsonIfThere, namesIn, textIfThere, textMember } from './reading.js';
import { membersBelow } from './walking.js';

/**
 * CAT-ADO-2201: the models of LM Studio: `<publisher>/<repository>/<file>`, a GGUF or a folder of safetensors. Nothing there says what
 * the content must be.
 */
export function* findInLmStudio(findings: Findings): DiskProgram<void> {
  for (const [publisher, folder] of yield* foldersIn(findings, findings.place)) {
    for (const [repository, path] of yield* foldersIn(findings, folder))
      yield* repositoryModels(findings, path, `${publisher}/${repository}`);
  }
}

/** Where LM Studio keeps its models: what its settings say, below its home, which a pointer may name. */
export function* lmStudioModels(home: string): DiskProgram<string> {
  const pointed = placeIn((yield* textIfThere(join(home, '.lmstudio-home-pointer')))?.trim());
  const older = join(home, '.cache', 'lm-studio');
  const own = pointed ?? ((yield* isFolder(older)) ? older : join(home, '.lmstudio'));
  return placeIn(textMember(yield* jsonIfThere(join(own, 'settings.json')), 'downloadsFolder')) ?? join(own, 'models');
}

/** What is no absolute path says of no place where it is: nobody knows from where it leads. */
function placeIn(text: string | undefined): string | undefined {
  return text !== undefined && isAbsolute(text) && !text.includes('\0') ? text : undefined;
}

function* repositoryModels(findings: Findings, folder: string, name: string): DiskProgram<void> {
  const members = yield* membersBelow(findings, folder, () => ({}));
  const isModel = members.some((member) => /\.safetensors$/i.test(member.name));
  addModels(findings, { folder, members, modelFolders: isModel ? [''] : [] }, ({ stem, type, members: [first] }) => {
    const id = type === 'folder' ? name : `${name}/${stem}`;
    return {
      id: id.normalize('NFC'),
      source: formatModelRef({ kind: 'file', path: type === 'folder' ? folder : (first?.path ?? folder) }),
    };
  });
}

/** The folders in a folder; files that lie beside them are where LM Studio looks for none. */
function* foldersIn(findings: Findings, folder: string): DiskProgram<[string, string][]> {
  const folders: [string, string][] = [];
  for (const name of yield* namesIn(findings, folder)) {
    const path = join(folder, name);
    if (name.startsWith('.')) continue;
    if (yield* isFolder(path)) folders.push([name, path]);
    else if (isUnfinished(name)) findings.problem(path, 'NotFound', `${path} is a download that was not finished`);
    else if (/\.(gguf|safetensors)$/i.test(name))
      findings.problem(path, 'InvalidRecord', `${path} is not where a model is: publisher, repository, file`);
  }
  return folders;
}
