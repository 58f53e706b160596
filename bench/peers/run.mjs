import { readdirSync, readFileSync } from 'node:fs';

// Shows each bug of a peer as it is today, and that ours does not have it. Fails when a note here is out of date, when ours breaks
// a promise, or when a run throws.

const here = new URL('.', import.meta.url);
const rows = [];
let failed = false;

for (const file of readdirSync(here)
  .filter((name) => /^\d\d-.*\.mjs$/.test(name))
  .sort()) {
  const shown = await import(new URL(file, here));
  const reason = shown.skipped?.();
  if (reason !== undefined) {
    add(shown.peer, shown.version, shown.promise, '-', `skipped: ${reason}`);
    continue;
  }
  await row(shown.peer, installed(shown), shown, shown.run, shown.keeps === true);
  if (shown.ours !== undefined) await row('ours', '', shown, shown.ours, true);
}
print([['PEER', 'VERSION', 'PROMISE', 'KEPT?', 'SEEN'], ...rows]);
process.exit(failed ? 1 : 0);

async function row(name, version, { promise, issue }, run, expected) {
  try {
    const { kept, seen } = await run();
    if (kept !== expected) failed = true;
    add(name, version, promise, kept ? 'yes' : 'NO', kept === expected ? seen : `${seen} <- NOT AS NOTED (${issue})`);
  } catch (error) {
    failed = true;
    add(name, version, promise, '?', `threw: ${error.message}`);
  }
}

function add(...cells) {
  rows.push(cells);
}

/** A note holds for one version only. */
function installed({ peer, version }) {
  const found = JSON.parse(readFileSync(new URL(`../node_modules/${peer}/package.json`, here), 'utf8')).version;
  if (found === version) return version;
  failed = true;
  return `${found} (noted: ${version})`;
}

function print(table) {
  const widths = table[0].map((_, column) => Math.max(...table.map((cells) => cells[column].length)));
  for (const cells of table)
    console.log(
      cells
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
}
