import { Option } from 'commander';
import type { Added } from '../add-model.js';
import { isManaged } from '../core/model-layout.js';
import { CliRefusal } from './hints.js';
import { modelResult } from './model-result.js';
import { collect, examples, labelsOf } from './options.js';
import { warningLines } from './render.js';
import type { Verb } from './run.js';

interface AddFlags {
  readonly id?: string;
  readonly name?: string;
  readonly digest?: string;
  readonly expected?: string;
  readonly label?: readonly string[];
  readonly link?: boolean;
  readonly reference?: boolean;
  readonly reflink?: boolean;
  readonly copy?: boolean;
  readonly replace?: boolean;
}

const about = `
By default the blocks of the file are shared (reflink) where the disk can, else they are copied. The MODE of a model says how its bytes
came in: reflink, copy, link, reference, or present, where the catalog had them already and stored nothing anew.`;

const modes = ['link', 'reference', 'reflink', 'copy'] as const;

export const add: Verb<AddFlags> = {
  heedsSignal: true,
  declare(command) {
    command
      .argument('<path|ref>', 'a file, a directory, the first shard of a split model, or a reference')
      .option('--id <id>', 'by default the name of the file without .gguf or .safetensors')
      .option('--name <name>', 'a name for people')
      .option('--digest <digest>', 'what the content must be')
      .option('--expected <digest>', 'the same as --digest')
      .option('--label <key=value>', 'a label; may be given many times', collect)
      .option('--replace', 'put it in place of other content under this id')
      .addHelpText('after', about)
      .addHelpText(
        'after',
        examples(
          'catalog add ./tinyllama.gguf',
          'catalog add ./llama-00001-of-00003.gguf --id llama --label team=vision',
          'catalog add tiny.gguf --digest "sha256:$(sha256sum tiny.gguf | cut -c1-64)"',
        ),
      );
    const words = {
      link: 'a second name for the same file',
      reference: 'leave the file where it is',
      reflink: 'share the blocks of the file',
      copy: 'copy the bytes',
    };
    for (const mode of modes) {
      const others = modes.filter((other) => other !== mode);
      command.addOption(new Option(`--${mode}`, words[mode]).conflicts([...others]));
    }
  },
  async run({ catalog, signal, onProgress }, [pathOrRef = ''], flags) {
    const { id, name, label, replace } = flags;
    const mode = modes.find((one) => flags[one]);
    const known = new Set((await catalog.list()).filter(isManaged).map(({ digest }) => digest));
    const options = { id, name, digest: digestIn(flags), labels: labelsOf(label), mode, replace, onProgress, signal };
    const added = await catalog.addWithReport(pathOrRef, options);
    const note = noteOn(added, known.has(added.entry.digest));
    const result = await modelResult(catalog, added.entry.id, { note, members: { mode: added.mode, bytes_written: added.bytesWritten } });
    return { ...result, lines: (screen) => [...result.lines(screen), ...warningLines(added.entry, screen)] };
  },
};

function noteOn({ mode }: Added, isKnown: boolean): string | undefined {
  if (mode === 'present') return 'present: these bytes are in the catalog already, and are not stored again';
  const isHealed = isKnown && mode !== 'reference';
  return isHealed ? 'healed: these bytes were known, and were damaged or gone; what was damaged is in quarantine/' : undefined;
}

function digestIn({ digest, expected }: AddFlags): string | undefined {
  if (digest !== undefined && expected !== undefined && digest !== expected) {
    throw new CliRefusal('InvalidArgument', '--digest and --expected say different things', 'give one of them');
  }
  return digest ?? expected;
}
