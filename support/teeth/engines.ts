import type { AnySaboteur } from '../saboteurs/saboteur.js';
import type { Example } from './pool.js';

type Declared = Pick<AnySaboteur, 'by' | 'breaks'>;
type Engine = Exclude<Declared['by'], 'scenario'>;

interface Scenarios {
  readonly feature: string;
  /** By the names of scenarios and outlines, or of single examples. */
  readonly named: readonly string[];
  /** Whose requirements they are about: the catalog's unless told. */
  readonly of?: 'journal';
}

/** What of an engine meets every saboteur that declares it: a second or two of work. */
const slices: Readonly<Record<Engine, readonly Scenarios[]>> = {
  crash: [
    { feature: 'features/crash-exploration.feature', named: ['With the whole protocol <history> does not'] },
    { feature: 'features/crash-exploration.feature', named: ['With the whole protocol of a journal <history> does not'], of: 'journal' },
  ],
  schedule: [
    {
      feature: 'features/interleavings.feature',
      named: [
        'Processes that read, add and write under a lock lose nothing in any order',
        'a writer beside an opener that sweeps, without the lock: nothing is lost in any order',
        'two writers of one put each beside a reader, without the lock: nothing is lost with up to 2 interruptions',
        'a writer of three puts beside a reader, one generation kept, without the lock: nothing is lost with up to 1 interruptions',
      ],
    },
  ],
  fault: [
    {
      feature: 'features/fault-sweep.feature',
      named: [
        'A program that regards all of it tells nobody anything wrong',
        'A disk that takes and gives half of every other write and read lets every operation be done',
      ],
    },
  ],
  rot: [
    {
      feature: 'features/damage.feature',
      named: [
        'Whichever bit of root.json is flipped, the catalog is refused',
        'Wherever root.json is cut off but for its line break, the catalog is refused',
      ],
    },
    {
      feature: 'features/index.feature',
      named: [
        'A damaged index of <collection> hides nothing of the other',
        'A root without <what> is corrupt, for readers and writers, and not touched',
      ],
    },
    {
      feature: 'features/index-file.feature',
      named: ['No bit of an index can be flipped unseen', 'No index can be cut off unseen', 'An index with <damage> is damaged'],
    },
    {
      feature: 'features/journal-rest.feature',
      named: ['Whichever byte of a checkpoint is wrong, the journal is read instead, and is the same'],
      of: 'journal',
    },
  ],
};

/** What of an engine takes many seconds: met by those alone whom nothing quicker has caught. */
const breadths: Readonly<Record<Engine, readonly Scenarios[]>> = {
  crash: [
    { feature: 'features/crash-exploration.feature', named: ['Every history of two operations', '<history> on <disk>'] },
    { feature: 'features/crash-exploration.feature', named: ['Every operation of a journal'], of: 'journal' },
  ],
  schedule: [
    {
      feature: 'features/interleavings.feature',
      named: [
        '<scene>, <lock>: nothing is lost in any order',
        '<scene>, <lock>: nothing is lost with up to <interruptions> interruptions',
        '<scene>, <lock>, with a power cut at every point',
      ],
    },
  ],
  fault: [{ feature: 'features/fault-sweep.feature', named: ['An error at every step of <operation>'] }],
  rot: [
    {
      feature: 'features/damage.feature',
      named: [
        'Whichever bit of <file> is flipped, models are <models> and engines are <engines>',
        'Wherever <file> is cut off, models are <models> and engines are <engines>',
        'Whatever happens to <file>, which is not the newest, the newest is served',
      ],
    },
  ],
};

/** The scenarios by which the engine that a saboteur declares looks for it; none for what no engine looks for. */
export function sliceFor(saboteur: Declared, examples: readonly Example[]): Example[] {
  return chosen(ofSubject(slices, saboteur), examples);
}

export function breadthFor(saboteur: Declared, examples: readonly Example[]): Example[] {
  const slice = sliceFor(saboteur, examples);
  return chosen(ofSubject(breadths, saboteur), examples).filter((example) => !slice.includes(example));
}

/** What an engine goes through is a catalog or a journal: as its requirement says. */
function ofSubject(scenarios: typeof slices, { by, breaks }: Declared): readonly Scenarios[] {
  const subject = breaks.startsWith('CAT-JRN-') ? 'journal' : undefined;
  return by === 'scenario' ? [] : scenarios[by].filter(({ of }) => of === subject);
}

/** Whether a scenario is one by which this engine looks for what is broken. */
export function isForEngine(by: Declared['by'], example: Example | undefined): boolean {
  return example !== undefined && by !== 'scenario' && chosen([...slices[by], ...breadths[by]], [example]).length > 0;
}

export function allSlices(examples: readonly Example[]): Example[] {
  return chosen(Object.values(slices).flat(), examples);
}

export function allBreadths(examples: readonly Example[]): Example[] {
  const inSlices = allSlices(examples);
  return chosen(Object.values(breadths).flat(), examples).filter((example) => !inSlices.includes(example));
}

/** Names that no scenario bears. */
export function unknownNames(examples: readonly Example[]): string[] {
  const all = [...Object.values(slices), ...Object.values(breadths)].flat();
  return all.flatMap(({ feature, named }) => named.filter((name) => chosen([{ feature, named: [name] }], examples).length === 0));
}

function chosen(scenarios: readonly Scenarios[], examples: readonly Example[]): Example[] {
  return examples.filter(({ place, name, outline }) =>
    scenarios.some(({ feature, named }) => place.startsWith(`${feature}:`) && (named.includes(outline.name) || named.includes(name))),
  );
}
