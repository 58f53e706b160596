import { adoptingSaboteurs } from './adopting.js';
import { artifactSaboteurs } from './artifacts.js';
import { codecSaboteurs } from './codec.js';
import { collectionSaboteurs } from './collection.js';
import { commandSaboteurs } from './commands.js';
import { commitSaboteurs } from './commits.js';
import { conformanceSaboteurs } from './conformance.js';
import { doesNotSettle } from './does-not-settle.js';
import { etcdSaboteurs } from './etcd.js';
import { followingSaboteurs } from './following.js';
import { headerSaboteurs } from './headers.js';
import { hostileSaboteurs } from './hostile.js';
import { ingestingSaboteurs } from './ingesting.js';
import { integrationSaboteurs } from './integration.js';
import { journalSaboteurs } from './journal.js';
import { keepsTempAfterRename } from './keeps-temp-after-rename.js';
import { lockSaboteurs } from './locks.js';
import { mendingSaboteurs } from './mending.js';
import { noBaseInodeCheck } from './no-base-inode-check.js';
import { noPredecessorCheck } from './no-predecessor-check.js';
import { observingSaboteurs } from './observing.js';
import { picturingSaboteurs } from './picturing.js';
import { platformSaboteurs } from './platform.js';
import { postgresSaboteurs } from './postgres.js';
import { provingSaboteurs } from './proving.js';
import { provisioningSaboteurs } from './provisioning.js';
import { publishingSaboteurs } from './publishing.js';
import { readerListsOnce } from './reader-lists-once.js';
import { recordSaboteurs } from './records.js';
import { referenceSaboteurs } from './references.js';
import { roomSaboteurs } from './room.js';
import type { AnySaboteur } from './saboteur.js';
import { sharingSaboteurs } from './sharing.js';
import { sweepBelievesNothing } from './sweep-believes-nothing.js';
import { syncSaboteurs } from './syncs.js';
import { tracePageSaboteurs } from './trace-pages.js';
import { tracingSaboteurs } from './tracing.js';
import { verificationSaboteurs } from './verification.js';

/** All that break a promise: one each (CAT-SIM-5009). */
export const saboteurs: readonly AnySaboteur[] = [
  ...syncSaboteurs,
  ...publishingSaboteurs,
  ...commitSaboteurs,
  { ...noPredecessorCheck, does: 'After its link a writer finds its base where it was, whatever became of it.' },
  noBaseInodeCheck,
  keepsTempAfterRename,
  doesNotSettle,
  sweepBelievesNothing,
  readerListsOnce,
  ...mendingSaboteurs,
  ...lockSaboteurs,
  ...codecSaboteurs,
  ...recordSaboteurs,
  ...artifactSaboteurs,
  ...collectionSaboteurs,
  ...ingestingSaboteurs,
  ...adoptingSaboteurs,
  ...verificationSaboteurs,
  ...roomSaboteurs,
  ...sharingSaboteurs,
  ...observingSaboteurs,
  ...provisioningSaboteurs,
  ...headerSaboteurs,
  ...hostileSaboteurs,
  ...journalSaboteurs,
  ...platformSaboteurs,
  ...postgresSaboteurs,
  ...provingSaboteurs,
  ...picturingSaboteurs,
  ...tracingSaboteurs,
  ...tracePageSaboteurs,
  ...conformanceSaboteurs,
  ...integrationSaboteurs,
  ...commandSaboteurs,
  ...referenceSaboteurs,
  ...followingSaboteurs,
  ...etcdSaboteurs,
];

export function saboteurNamed(name: string): AnySaboteur {
  const found = saboteurs.find((saboteur) => saboteur.name === name);
  if (found === undefined) throw new Error(`there is no saboteur named ${name}`);
  return found;
}
