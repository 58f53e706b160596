import { Journal } from '../src/journal/index.js';
import { isCommand } from './is-command.js';

/** What reading a large journal came to. */
export interface LargeReading {
  readonly path: string;
  readonly bytesRead: number;
  readonly events: number;
  readonly inOrder: boolean;
  readonly verified: { readonly ok: boolean; readonly events: number };
  readonly openMs: number;
  readonly readMs: number;
  readonly verifyMs: number;
}

/** Opens a journal of a directory, reads every event of it, one at a time, and verifies it; prints what came of it. */
function readLarge(directory: string): LargeReading {
  const began = performance.now();
  const journal = Journal.open({ directory, readOnly: true });
  const opened = performance.now();
  let [events, last, bytesRead] = [0, 0, 0];
  let inOrder = true;
  for (const { sequence, payload } of journal.read()) {
    if (sequence <= last) inOrder = false;
    last = sequence;
    events++;
    bytesRead += JSON.stringify(payload).length;
  }
  const read = performance.now();
  const { ok, events: verified } = journal.verify();
  const done = performance.now();
  const { path } = journal.diagnostics().open_report;
  return {
    path,
    bytesRead,
    events,
    inOrder,
    verified: { ok, events: verified },
    openMs: opened - began,
    readMs: read - opened,
    verifyMs: done - read,
  };
}

if (isCommand(import.meta.url)) console.log(JSON.stringify(readLarge(process.argv[2] ?? '')));
