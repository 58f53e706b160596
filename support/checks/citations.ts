import { ourRequirements } from './our-requirements.js';
import { lineAt, type Source, type Violation } from './sources.js';

/** Any number of digits, so that a slip of the finger is an unknown id and not no id. */
const idPattern = /\bCAT-[A-Z]+-\d+\b/g;
const tagPattern = /@CAT-[^\s@]*/g;

/** Ids and tags that name no requirement. A tag that begins like one and is not (`@CAT-REC`) counts too. */
export function citationViolations(sources: readonly Source[], specs: readonly Source[]): Violation[] {
  const known = new Set(ourRequirements(specs).map(({ id }) => id));
  return sources.flatMap(({ path, text }) =>
    citedIn(path, text)
      .filter(({ id }) => !known.has(id))
      .map(({ id, offset }) => ({ path, line: lineAt(text, offset), message: `cites ${id}, which the specification does not have` })),
  );
}

function citedIn(path: string, text: string): { id: string; offset: number }[] {
  const tags = path.endsWith('.feature') ? [...text.matchAll(tagPattern)] : [];
  const inTags = new Set(tags.map((tag) => tag.index + 1));
  const ids = [...text.matchAll(idPattern)].filter((id) => !inTags.has(id.index));
  return [...tags, ...ids].map((match) => ({ id: match[0].replace('@', ''), offset: match.index }));
}
