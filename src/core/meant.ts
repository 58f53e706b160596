import { isCatalogError } from './errors.js';
import { type HuggingFaceRef, type ModelRef, parseModelRef } from './model-ref.js';
import { type ModelEntry, metadataIn } from './records.js';

/**
 * CAT-REF-1306: the entry that a reference to the hub means although none has just these words: `main` is what a repository has
 * where no revision is said, a commit is in the `source`, and a quantization is in the name of the file or in its header. `undefined` where it could be several.
 */
export function meantBy(asked: ModelRef, entries: readonly ModelEntry[]): ModelEntry | undefined {
  if (asked.kind !== 'hf') return undefined;
  const ofRepository = entries.flatMap((entry) => {
    const refs = [entry.ref, entry.source].flatMap(hubRefIn).filter((ref) => isSameRevision(ref, asked));
    return refs.slice(0, 1).map((ref) => ({ entry, ref }));
  });
  const { quant } = asked;
  if (quant === undefined) return onlyOne(ofRepository.filter(({ ref }) => ref.path === asked.path && ref.quant === undefined));
  const models = ofRepository.filter(({ ref }) => !/mmproj/i.test(ref.path ?? ''));
  const named = models.filter(({ ref }) => ref.path !== undefined && isNamed(ref.path, quant));
  return onlyOne(named) ?? (named.length > 0 ? undefined : onlyOne(models.filter(({ entry, ref }) => isOf(entry, ref, quant))));
}

function hubRefIn(text: string | undefined): HuggingFaceRef[] {
  if (text === undefined || !text.startsWith('hf:')) return [];
  try {
    const ref = parseModelRef(text);
    return ref.kind === 'hf' ? [ref] : [];
  } catch (error) {
    if (!isCatalogError(error, 'InvalidRef')) throw error;
    return [];
  }
}

function isSameRevision(ref: HuggingFaceRef, asked: HuggingFaceRef): boolean {
  const revision = ({ revision = 'main' }: HuggingFaceRef) => revision;
  return ref.org === asked.org && ref.repo === asked.repo && revision(ref) === revision(asked);
}

/** `Q8_0` is in `tiny.Q8_0.gguf` and in `Q8_0/tiny.gguf`; `Q4_K` is not in `tiny.Q4_K_M.gguf`. */
function isNamed(path: string, quant: string): boolean {
  const [name, wanted] = [path.toUpperCase(), quant.toUpperCase()];
  for (let at = name.indexOf(wanted); at !== -1; at = name.indexOf(wanted, at + 1)) {
    const [before, after] = [name[at - 1] ?? '/', name[at + wanted.length] ?? '/'];
    if ('/._-'.includes(before) && '/.-'.includes(after)) return true;
  }
  return false;
}

function isOf(entry: ModelEntry, ref: HuggingFaceRef, quant: string): boolean {
  const is = (told: string | undefined) => told?.toUpperCase() === quant.toUpperCase();
  return is(metadataIn(entry).quantization) || is(ref.quant);
}

/** The same content may be there from several tools. */
function onlyOne(found: readonly { readonly entry: ModelEntry }[]): ModelEntry | undefined {
  const [first, ...others] = found.map(({ entry }) => entry);
  return others.every(({ digest }) => digest !== undefined && digest === first?.digest) ? first : undefined;
}
