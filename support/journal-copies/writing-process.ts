import { Journal } from '../../src/journal/journal.js';
import { kind } from '../../src/journal/kind.js';

/** A process that appends to a journal until it is told to end: batches, fences, compactions, one after the other. */
const directory = process.argv[2] ?? '';
const written = kind(0x1, 0x001);
const journal = Journal.open({ directory, segmentMaxBytes: 4096, lifecycle: 'lazy' });
let nth = 0;

function append(): void {
  const event = () => ({
    coordinate: { entity: `e${nth % 3}`, scope: 's' },
    kind: written,
    payload: { nth: nth++, pad: 'x'.repeat(nth % 200) },
  });
  if (nth % 7 === 0) journal.appendBatch([event(), event(), event()]);
  else {
    const { coordinate, kind, payload } = event();
    journal.append(coordinate, kind, payload);
  }
  if (nth % 50 === 0) journal.compact({ strategy: 'merge' });
}

function goOn(): void {
  for (let count = 0; count < 20; count++) append();
  // Told once, when there is something to copy.
  if (nth >= 100 && nth < 130) process.stdout.write('writing\n');
  setImmediate(goOn);
}

goOn();
