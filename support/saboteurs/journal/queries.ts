import type * as Journals from '../../../src/journal/journal.js';
import type { Journal } from '../../../src/journal/journal.js';
import type * as Readers from '../../../src/journal/journal-reader.js';
import type * as Receipts from '../../../src/journal/receipts.js';
import type * as Regions from '../../../src/journal/region.js';
import { attempted } from '../records.js';
import { inModule, type ModuleSaboteur } from '../saboteur.js';
import { at, directory, shownOn, someKind } from './showing.js';
import { openedAs, openingAs } from './writing.js';

const prefixAnywhere = inModule<typeof Regions, 'isIn'>({
  name: 'a region is whatever begins like it',
  breaks: 'CAT-JRN-3401',
  by: 'scenario',
  does: 'The region of an entity means others whose names begin with its own.',
  module: 'src/journal/region.ts',
  names: ['isIn'],
  substitutes: ({ isIn }) => ({
    isIn: ({ entity, ...region }, event) => isIn(region, event) && (entity === undefined || event.coordinate.entity.startsWith(entity)),
  }),
  shows: ({ isIn }) =>
    ['a', 'ab', 'a:b'].map((entity) => isIn({ entity: 'a' }, { coordinate: { entity, scope: 's' }, kind: 1, sequence: 1 })),
});

const endless = reader(
  'a region is read on while it grows',
  'CAT-JRN-3401',
  'Who reads is given what is appended while he reads.',
  (JournalReader) =>
    class extends JournalReader {
      override *read(region: Regions.Region, options: Readers.ReadOptions): ReturnType<Readers.JournalReader['read']> {
        let { after = 0, limit = Number.POSITIVE_INFINITY } = options;
        while (limit-- > 0) {
          const [next] = super.read(region, { after, limit: 1 });
          if (next === undefined) return;
          after = next.sequence;
          yield next;
        }
      }
    },
);

const effectsOfAll = reader(
  'effects are all that follow',
  'CAT-JRN-3004',
  'Whatever came after an event was caused by it.',
  (JournalReader) =>
    class extends JournalReader {
      override *effects(eventId: string): ReturnType<Readers.JournalReader['effects']> {
        const from = this.get(eventId)?.sequence ?? 0;
        yield* this.read({}, { after: from });
      }
    },
);

const correlatedByEntity = reader(
  'a group is one entity',
  'CAT-JRN-3004',
  'Of what belongs together the events of one entity are found.',
  (JournalReader) =>
    class extends JournalReader {
      override *correlated(id: string): ReturnType<Readers.JournalReader['correlated']> {
        const all = [...super.correlated(id)];
        yield* all.filter(({ coordinate }) => coordinate.entity === all[0]?.coordinate.entity);
      }
    },
);

const alwaysGenesis = reader(
  'ancestors always end at the beginning',
  'CAT-JRN-3004',
  'Where no more ancestors are given there are none.',
  (JournalReader) =>
    class extends JournalReader {
      override ancestors(...asked: Parameters<Readers.JournalReader['ancestors']>): Readers.Ancestry | undefined {
        const found = super.ancestors(...asked);
        return found && { ...found, end: 'genesis' };
      }
    },
);

const oldestFirst = reader(
  'ancestors are given oldest first',
  'CAT-JRN-3004',
  'The first ancestor is the first event of the entity.',
  (JournalReader) =>
    class extends JournalReader {
      override ancestors(...asked: Parameters<Readers.JournalReader['ancestors']>): Readers.Ancestry | undefined {
        const found = super.ancestors(...asked);
        return found && { ...found, events: [...found.events].reverse() };
      }
    },
);

const anyReceipt = journal('any receipt holds', 'CAT-JRN-3007', 'A receipt holds whatever it says of its event.', (Journal) =>
  openedAs(Journal, (opened) => {
    opened.verifyReceipt = () => true;
  }),
);

const anySignature = inModule<typeof Receipts, 'checkSignature'>({
  name: 'any signature holds',
  breaks: 'CAT-JRN-3007',
  by: 'scenario',
  does: 'Whoever signed a receipt, and whether, is not looked at.',
  module: 'src/journal/receipts.ts',
  names: ['checkSignature'],
  substitutes: () => ({ checkSignature: () => {} }),
  shows: ({ checkSignature, verifyingKeyOf }) =>
    attempted(() =>
      checkSignature(
        { event_id: 'a', sequence: 1, content_hash: '', event_hash: '' },
        'a',
        undefined as unknown as ReturnType<typeof verifyingKeyOf>,
      ),
    ),
});

const sequenceUnsigned = inModule<typeof Receipts, 'checkSignature' | 'signatureOf'>({
  name: 'a signature is of the id alone',
  breaks: 'CAT-JRN-3007',
  by: 'scenario',
  does: 'What a receipt says of its event is not signed.',
  module: 'src/journal/receipts.ts',
  names: ['checkSignature', 'signatureOf'],
  substitutes: ({ checkSignature, signatureOf }) => ({
    checkSignature: (receipt, lineage, key) =>
      checkSignature({ ...asId(receipt), ...(receipt.signature !== undefined && { signature: receipt.signature }) }, lineage, key),
    signatureOf: (claim, lineage, key) => signatureOf(asId(claim), lineage, key),
  }),
  shows: async ({ signatureOf }) => {
    const { createPrivateKey } = await import('node:crypto');
    const key = createPrivateKey({ key: Buffer.from(someKey, 'hex'), format: 'der', type: 'pkcs8' });
    return signatureOf({ event_id: 'a', sequence: 1, content_hash: 'b', event_hash: 'c' }, 'd', key);
  },
});

const denialsUntold = journal('denials leave no event', 'CAT-JRN-3006', 'A denial that is to be recorded is not.', (Journal) =>
  openingAs(Journal, (options) => ({ ...options, recordDenials: false })),
);

const verifiesNothing = journal(
  'whoever verifies finds nothing wrong',
  'CAT-JRN-3005',
  'A journal is intact because it could be opened.',
  (Journal) =>
    openedAs(Journal, (opened) => {
      opened.verify = () => ({ ok: true, events: opened.diagnostics().event_count, frames: 0, segments: 0, problems: [] });
    }),
);

export const journalQuerySaboteurs: readonly ModuleSaboteur[] = [
  prefixAnywhere,
  endless,
  effectsOfAll,
  correlatedByEntity,
  alwaysGenesis,
  oldestFirst,
  anyReceipt,
  anySignature,
  sequenceUnsigned,
  denialsUntold,
  verifiesNothing,
];

const asId = ({ event_id }: Receipts.Claim): Receipts.Claim => ({ event_id, sequence: 0, content_hash: '', event_hash: '' });
/** An Ed25519 key of zeros, as PKCS #8. */
const someKey = `302e020100300506032b657004220420${'00'.repeat(32)}`;

type ReaderClass = typeof Readers.JournalReader;

function reader(name: string, breaks: string, does: string, substitute: (JournalReader: ReaderClass) => ReaderClass): ModuleSaboteur {
  return inModule<typeof Readers, 'JournalReader'>({
    name,
    breaks,
    by: 'scenario',
    does,
    module: 'src/journal/journal-reader.ts',
    names: ['JournalReader'],
    substitutes: ({ JournalReader }) => ({ JournalReader: substitute(JournalReader) }),
    shows: ({ JournalReader }) =>
      shownOn(async ({ machine, run, tell, openJournal }) => {
        const { openToRead } = await import('../../../src/journal/open.js');
        const ids = appendedTo(openJournal(machine));
        const { index } = run(openToRead(directory, machine.host)).found;
        const made = new JournalReader({ directory, disk: machine, index, hidden: [] });
        const asNumbers = (events: Iterable<{ readonly sequence: number }>): readonly number[] =>
          [...events].map(({ sequence }) => sequence);
        for (const id of ids) {
          tell(() => asNumbers(made.effects(id)));
          tell(() => asNumbers(made.correlated(id)));
          tell(() => made.ancestors(id, { limit: 1 })?.end);
          tell(() => asNumbers(made.ancestors(id, { limit: 2 })?.events ?? []));
        }
        const onItsWay = made.read({}, {});
        tell(() => onItsWay.next().value?.sequence);
        const place = index.placeOf(index.last);
        if (place !== undefined) index.add({ ...place, sequence: index.last + 1, id: directory, entity: 'a', version: 9, wallMs: 9 });
        tell(() => asNumbers(onItsWay));
      }),
  });
}

/** Four events of two entities, each because of the first, and all of one thing. */
function appendedTo(journal: Journal): readonly string[] {
  const first = journal.append(at, someKind, 1).event_id;
  const others = ['a', 'b', 'a'].map((entity) =>
    journal.append({ ...at, entity }, someKind, 2, { correlation: first, ...(entity === 'b' && { causation: first }) }),
  );
  return [first, ...others.map(({ event_id }) => event_id)];
}

type JournalClass = typeof Journals.Journal;

function journal(name: string, breaks: string, does: string, substitute: (Journal: JournalClass) => JournalClass): ModuleSaboteur {
  return inModule<typeof Journals, 'Journal'>({
    name,
    breaks,
    by: 'scenario',
    does,
    module: 'src/journal/journal.ts',
    names: ['Journal'],
    substitutes: ({ Journal }) => ({ Journal: substitute(Journal) }),
    shows: ({ Journal }) =>
      shownOn(({ disk, machine, tell }) => {
        const gates = [{ name: 'closed', check: () => ({ permits: false, code: 'NO', message: 'no' }) as const }];
        const opened = Journal.open({ directory, disk, gates, recordDenials: true });
        tell(() => opened.append(at, someKind, 1));
        tell(() => opened.diagnostics().event_count);
        tell(() => opened.verifyReceipt({ event_id: 'nobody', sequence: 1, content_hash: '', event_hash: '' }));
        const path = `${directory}/000001.seg`;
        const bytes = Buffer.from(machine.bytesAt(path));
        bytes[300] = (bytes[300] ?? 0) ^ 1;
        machine.plant(path, bytes);
        tell(() => opened.verify().ok);
      }),
  });
}
