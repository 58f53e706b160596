import { Journal } from '../../src/journal/journal.js';
import { kind } from '../../src/journal/kind.js';
import { isCommand } from '../is-command.js';

/** Appends to a journal until the process is killed: events, batches, compactions; says when there is something to copy. */
function writeFor(directory: string): void {
  const written = kind(0x1, 0x001);
  const journal = Journal.open({ directory, segmentMaxBytes: 4096, lifecycle: 'lazy' });
  let [nth, isTold] = [0, false];
  const event = () => ({
    coordinate: { entity: `e${nth % 3}`, scope: 's' },
    kind: written,
    payload: { nth: nth++, pad: 'x'.repeat(nth % 200) },
  });
  const goOn = (): void => {
    for (let count = 0; count < 20; count++) {
      journal.appendBatch(nth % 7 === 0 ? [event(), event(), event()] : [event()]);
      if (nth % 50 === 0) journal.compact({ strategy: 'merge' });
    }
    if (!isTold && nth >= 100) {
      isTold = true;
      process.stdout.write('writing\n');
    }
    setImmediate(goOn);
  };
  goOn();
}

if (isCommand(import.meta.url)) writeFor(process.argv[2] ?? '');
