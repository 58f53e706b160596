import type { LifecycleState, ModelEntry, TrustState } from './records.js';

/** CAT-REC-1008. `id` and `name` are globs (`*`, `?`); `label` is `key` or `key=value`. */
export interface ModelFilter {
  state?: LifecycleState;
  trust_state?: TrustState;
  id?: string;
  name?: string;
  label?: string;
}

export function matches(entry: ModelEntry, filter: ModelFilter): boolean {
  const { state, trust_state, id, name, label } = filter;
  if (state !== undefined && entry.state !== state) return false;
  if (trust_state !== undefined && entry.trust_state !== trust_state) return false;
  if (id !== undefined && !matchesGlob(entry.id, id)) return false;
  if (name !== undefined && !matchesGlob(entry.name, name)) return false;
  return label === undefined || hasLabel(entry.labels ?? {}, label);
}

/** `*` stands for any text, slashes too, and `?` for one character; in time linear in text times stars, without backtracking further. */
export function matchesGlob(text: string, glob: string): boolean {
  const [have, want] = [[...text], [...glob]];
  let [at, place] = [0, 0];
  let star = -1;
  let resume = 0;
  while (at < have.length) {
    if (want[place] === '*') {
      star = place++;
      resume = at;
    } else if (want[place] === '?' || (place < want.length && want[place] === have[at])) {
      at++;
      place++;
    } else if (star !== -1) {
      place = star + 1;
      at = ++resume;
    } else return false;
  }
  while (want[place] === '*') place++;
  return place === want.length;
}

function hasLabel(labels: Readonly<Record<string, string>>, label: string): boolean {
  const equals = label.indexOf('=');
  if (equals === -1) return Object.hasOwn(labels, label);
  const key = label.slice(0, equals);
  return Object.hasOwn(labels, key) && labels[key] === label.slice(equals + 1);
}
