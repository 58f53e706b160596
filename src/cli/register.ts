import { modelResult } from './model-result.js';
import { collect, examples, labelsOf } from './options.js';
import type { Verb } from './run.js';

interface RegisterFlags {
  readonly source: string;
  readonly name?: string;
  readonly digest?: string;
  readonly ref?: string;
  readonly label?: readonly string[];
}

export const register: Verb<RegisterFlags> = {
  declare(command) {
    command
      .argument('<new-id>', 'what the model is called here')
      .requiredOption('--source <source>', 'where it comes from')
      .option('--name <name>', 'a name for people')
      .option('--digest <digest>', 'what its content must be')
      .option('--ref <ref>', 'the reference that it is made from')
      .option('--label <key=value>', 'a label; may be given many times', collect)
      .addHelpText(
        'after',
        examples(
          'catalog register tinyllama --source hf:TheBloke/TinyLlama-GGUF',
          'catalog register tinyllama --source hf:org/repo --label team=vision',
        ),
      );
  },
  async run({ catalog }, [id = ''], { source, name, digest, ref, label }) {
    const entry = await catalog.register({ id, source, name, digest, ref, labels: labelsOf(label) });
    return modelResult(catalog, entry.id);
  },
};
