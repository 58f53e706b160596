/** Longer than a chunk, so that each may be torn. */
export const values = { old: 'old '.repeat(48), new: 'new '.repeat(48), newer: 'newer '.repeat(32) };

/** What a process is shown that reads, in words. A value that nobody saved is one of them; a refusal is thrown, in words too. */
export async function wordOf(load) {
  try {
    return wordFor(await load());
  } catch (error) {
    throw new Error(/^No cache entry/.test(error.message) ? 'no entry' : (error.code ?? error.name));
  }
}

function wordFor(value) {
  const known = Object.keys(values).find((name) => values[name] === value);
  if (known !== undefined) return known;
  if (value === '') return 'empty file';
  if (Object.values(values).some((whole) => whole.startsWith(value))) return 'half a file';
  return value.includes('\0') ? 'zeros' : value;
}

/** What a complaint of the explorer says of a package: what happened, and how it shows. */
export function kindOf(complaint) {
  const refused = /^it was refused: Error: (.*)$/s.exec(complaint)?.[1];
  if (refused === 'no entry' || refused === 'SyntaxError') return [bothGone, refused];
  if (refused !== undefined) return ['the content of an entry is damaged or missing', refused];
  const shown = /^a process that opened for writing was shown (.*); legal is (.*)$/s.exec(complaint);
  if (shown === null) return ['unexpected', complaint];
  return shown[1] === 'old' && shown[2] === 'new' ? ['acknowledged and lost, the old value is back', ''] : [bothGone, shown[1]];
}

const bothGone = 'old and new are gone';

/** Names without what is drawn at random, counted or a digest. */
export const plain = (text) =>
  text
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '*')
    .replace(/[0-9a-f]{40,}/g, '(digest)')
    .replace(/(\.tmp-)[0-9a-f]+/g, '$1*')
    .replace(/(value\.txt\.)\d+/g, '$1*');

export const isTemp = (path) => /\.tmp(-|$)|\.\d{4,}$|\/tmp\/./.test(path);
