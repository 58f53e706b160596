/** One byte for the words that are met most often, two for others. */
const short = 90;
const long = 38 * 256;
const words = / ?[A-Za-z]+|\\u[0-9a-f]{4}|["\\,[\]|:n]{2,}|[\s\S]/g;

/**
 * A text of ASCII as bytes in which a word that is met again is one or two, since that deflates to less: the words, each on a line,
 * a zero, and the text. Bytes below 128 are themselves. JSON may have any text, whose other characters it escapes.
 */
export function inWords(json: string): Uint8Array {
  const text = json.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const met = text.match(words) ?? [];
  const known = codesOf(met);
  const bytes = met.flatMap((word) => known.get(word) ?? [...Buffer.from(word)]);
  return Buffer.concat([Buffer.from([...known.keys()].join('\n')), Uint8Array.of(0), Uint8Array.from(bytes)]);
}

function codesOf(met: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const counts = new Map<string, number>();
  for (const word of met) if (word.length > 1) counts.set(word, (counts.get(word) ?? 0) + 1);
  const often = [...counts].filter(([, count]) => count > 2).sort(([, a], [, b]) => b - a);
  const chosen = often.slice(0, short + long).map(([word]) => word);
  // In the order of the alphabet those that take two bytes take less themselves.
  const inOrder = [...chosen.slice(0, short), ...chosen.slice(short).sort()];
  return new Map(inOrder.map((word, place) => [word, codeOf(place)]));
}

function codeOf(place: number): number[] {
  if (place < short) return [128 + place];
  return [128 + short + Math.floor((place - short) / 256), (place - short) % 256];
}
