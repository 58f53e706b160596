import type { AnySaboteur } from '../saboteurs/saboteur.js';
import type { Example } from './pool.js';

type Declared = Pick<AnySaboteur, 'by'>;
type Engine = Exclude<Declared['by'], 'scenario'>;

interface Scenarios {
  readonly feature: string;
  /** By the names of scenarios and outlines, or of single examples. */
  readonly named: readonly string[];
}

/** What of an engine meets every saboteur that declares it: a second or two of work. */
const slices: Readonly<Record<Engine, readonly Scenarios[]>> = {
  crash: [{ feature: 'features/crash-exploration.feature', named: ['With the whole protocol <history> does not'] }],
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
  ],
};

/** What of an engine takes many seconds: met by those alone whom nothing quicker has caught. */
const breadths: Readonly<Record<Engine, readonly Scenarios[]>> = {
  crash: [{ feature: 'features/crash-exploration.feature', named: ['Every history of two operations', '<history> on <disk>'] }],
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
  fault: [{ feature: 'features/fault-sweep.feature', named: ['An error at every step'] }],
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

const engines = Object.keys(slices) as Engine[];

/** The scenarios by which the engine that a saboteur declares looks for it; none for what no engine looks for. */
export function sliceFor({ by }: Declared, examples: readonly Example[]): Example[] {
  return by === 'scenario' ? [] : chosen(slices[by], examples);
}

export function breadthFor({ by }: Declared, examples: readonly Example[]): Example[] {
  const slice = sliceFor({ by }, examples);
  return by === 'scenario' ? [] : chosen(breadths[by], examples).filter((example) => !slice.includes(example));
}

/** Whether a scenario is one by which this engine looks for what is broken. */
export function isForEngine(by: Declared['by'], example: Example | undefined): boolean {
  return example !== undefined && by !== 'scenario' && chosen([...slices[by], ...breadths[by]], [example]).length > 0;
}

export function allSlices(examples: readonly Example[]): Example[] {
  return engines.flatMap((by) => sliceFor({ by }, examples));
}

export function allBreadths(examples: readonly Example[]): Example[] {
  return engines.flatMap((by) => breadthFor({ by }, examples));
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
