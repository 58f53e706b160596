import { readFileSync } from 'node:fs';
import { inChild } from '../support/children.mjs';

// Explores what a crash leaves of a value that each package saves over an older one, and prints the table of the README. Fails when
// the README has another table, and when something is found in the two controls.

const here = new URL('.', import.meta.url);
const peers = ['write-file-atomic', 'conf', 'steno', 'lowdb', 'cacache'];
const controls = ['by-hand', 'ours'];
const profiles = ['posix-weak', 'ext4-ordered', 'process-kill'];
const head = ['package', 'with', ...profiles.map((profile) => `\`${profile}\``), 'temps that stay'];
const rows = [];
const stories = [];

for (const name of [...peers, ...controls]) {
  const results = [];
  for (const profile of profiles) {
    const result = await inChild({ module: new URL('explored.mjs', here).href, name: 'explored', args: [name, profile] });
    results.push(result);
    for (const { what, how, count, story } of result.found) stories.push(`- ${name}, ${profile}: ${join(what, how)} (${count} times): ${story}`);
  }
  rows.push([titleOf(name, results[0]), results[0].options, ...results.map(findings), leftBy(results)]);
  if (controls.includes(name) && results.some(({ found }) => found.length > 0)) fail(`something is found in the control ${name}`);
}
const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
console.log(`${table}\n\n${stories.join('\n')}`);
if (!readFileSync(new URL('../../README.md', here), 'utf8').includes(table)) fail('the README has another table');

function titleOf(name, { label }) {
  if (controls.includes(name)) return label;
  return `${label} ${JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, here), 'utf8')).version}`;
}

/** What was found, and in how many states it was looked for. */
function findings({ found, states, sampled }) {
  const whats = [...new Set(found.map(({ what }) => what))];
  const words = whats.map((what) => join(what, found.filter((kind) => kind.what === what).map(({ how }) => how).join(', ')));
  return `${words.length === 0 ? 'nothing lost' : words.join('; ')} (${states}${sampled > 0 ? ', sampled' : ''})`;
}

function leftBy(results) {
  const names = new Set(results.flatMap(({ left }) => left));
  return names.size === 0 ? 'none' : [...names].map((name) => `\`${name}\``).join(', ');
}

function join(what, how) {
  return how === '' ? what : `${what}: ${how}`;
}

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
