import { basename } from 'node:path';
import { judgeHeader, type Probed } from '../core/headers/probe.js';
import type { DiskProgram } from '../disk/program.js';
import { findHeader } from './header-window.js';

/**
 * CAT-DIG-1408: looks at the header of a file and says whether the file is as long as that says, in milliseconds however large it is.
 * Changes nothing and vouches for no content. The name says what is expected of it, where it is not the path's.
 */
export function* probeFile(path: string, name = basename(path)): DiskProgram<Probed> {
  const { header, bytes } = yield* findHeader({ name, path });
  return judgeHeader(header, bytes);
}
