import type { Keeper } from '../core/keepers.js';
import { examples } from './options.js';
import { printable } from './render.js';
import type { Verb } from './run.js';

const words: Readonly<Record<Keeper['kind'], string>> = {
  entry: 'the model',
  engine: 'the engine',
  pin: 'a pin of',
  lease: 'a lease of',
  ingest: 'an add that is under way:',
};

function keptBy(kept: boolean, because: readonly Keeper[]): string[] {
  if (!kept) return ['nothing keeps it: `catalog gc` removes it'];
  if (because.length === 0) return ['it is of the catalog itself'];
  return because.map(({ kind, id }) => `kept by ${words[kind]} ${id}`);
}

export const why: Verb = {
  onlyReads: true,
  declare(command) {
    command
      .argument('<path|digest>', 'a file below the root, or the digest of content')
      .addHelpText(
        'after',
        examples('catalog why ~/.cache/models/blobs/sha256/ab/ab12…', 'catalog why sha256:ab12…', 'catalog why /data/llama.gguf --json'),
      );
  },
  async run({ catalog }, [asked = '']) {
    const reasons = await catalog.why(asked);
    const { path, kept, because } = reasons;
    return {
      document: { report: reasons },
      ids: because.map(({ id }) => id),
      lines: () => [path, ...keptBy(kept, because).map((line) => `  ${line}`)].map(printable),
    };
  },
};
