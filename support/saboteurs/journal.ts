import { acknowledgingSaboteurs } from './journal/acknowledging.js';
import { appendingSaboteurs } from './journal/appending.js';
import { copyingSaboteurs } from './journal/copying.js';
import { followingSaboteurs } from './journal/following.js';
import { frameSaboteurs } from './journal/frames.js';
import { gateSaboteurs } from './journal/gates.js';
import { journalKeepingSaboteurs } from './journal/keeping.js';
import { listeningSaboteurs } from './journal/listening.js';
import { movingSaboteurs } from './journal/moving.js';
import { journalQuerySaboteurs } from './journal/queries.js';
import { recoverySaboteurs } from './journal/recovery.js';
import { rememberingSaboteurs } from './journal/remembering.js';
import { sharingSaboteurs } from './journal/sharing.js';
import { journalWritingSaboteurs } from './journal/writing.js';
import type { AnySaboteur } from './saboteur.js';

/** Each breaks a promise of the journal. */
export const journalSaboteurs: readonly AnySaboteur[] = [
  ...appendingSaboteurs,
  ...gateSaboteurs,
  ...frameSaboteurs,
  ...journalWritingSaboteurs,
  ...recoverySaboteurs,
  ...journalKeepingSaboteurs,
  ...journalQuerySaboteurs,
  ...followingSaboteurs,
  ...sharingSaboteurs,
  ...rememberingSaboteurs,
  ...listeningSaboteurs,
  ...copyingSaboteurs,
  ...movingSaboteurs,
  ...acknowledgingSaboteurs,
];
