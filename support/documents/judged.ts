import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dir } from 'tmp-promise';
import { type Block, chainsOf, placeOf } from './blocks.js';
import { complaintOf } from './declared.js';
import { complaintOfLine, newPlace, type Place, runScript } from './place.js';
import { commandsOf, linesOf } from './shell-lines.js';
import { withValuesChecked } from './told-values.js';

/** One program for each chain of blocks of TypeScript. */
export function programsOf(blocks: readonly Block[]): Map<string, string> {
  const chains = chainsOf(blocks.filter(({ language }) => language === 'ts'));
  return new Map(chains.map((chain) => [startOf(chain), chain.map(({ before, text }) => `${before}\n${text}`).join('\n')]));
}

const startOf = ([first]: readonly Block[]): string => (first ? placeOf(first) : '');

/** What running the programs shows to be wrong, and how many values were compared. */
export async function ranPrograms(blocks: readonly Block[]): Promise<{ readonly complaints: string[]; readonly values: number }> {
  const { transpiled } = await import('../checks/guide-compiler.js');
  const printed = blocks.filter(({ prints }) => prints);
  let values = 0;
  const complaints = await inParallel([...programsOf(blocks)], async ([at, code]) => {
    const checked = withValuesChecked(code);
    values += checked.count;
    return inPlace(async (place) => {
      const path = join(place.folder, 'program.mjs');
      await writeFile(path, transpiled(checked.code.replaceAll('sha256:…', `sha256:${place.digest}`)));
      const { exitCode, stdout, stderr } = await runScript(place, path);
      if (exitCode !== 0) return [`${at} ended with ${exitCode}: ${stderr}`];
      const output = printed.filter((block) => programBefore(block, blocks) === at);
      const text = output.map((block) => block.text).join('');
      return output.length > 0 && text !== stdout ? [`${at} prints ${JSON.stringify(stdout)}, not ${JSON.stringify(text)}`] : [];
    });
  });
  return { complaints: complaints.flat(), values };
}

/** The program whose output a block shows. */
function programBefore(block: Block, blocks: readonly Block[]): string | undefined {
  const before = blocks.filter(({ path, line, language }) => path === block.path && line < block.line && language === 'ts');
  return chainsOf(before).map(startOf).at(-1);
}

/** What of the commands is not as they are declared. */
export async function undeclared(blocks: readonly Block[], otherPrograms: readonly string[]): Promise<string[]> {
  const complaints = await inParallel(blocks.filter(isShell), async (block) => {
    const commands = linesOf(`${block.before}\n${block.text}`).flatMap(({ text }) => commandsOf(text));
    const found = await Promise.all(commands.map((command) => complaintOf(command, block.path, otherPrograms)));
    return found.flatMap((complaint) => (complaint === undefined ? [] : [`${placeOf(block)} ${complaint}`]));
  });
  return complaints.flat();
}

/** What doing the sessions shows to be wrong. */
export async function ranSessions(blocks: readonly Block[]): Promise<string[]> {
  const complaints = await inParallel(chainsOf(blocks.filter(isShell)), (chain) =>
    inPlace(async (place) => {
      for (const block of chain)
        for (const line of linesOf(`${block.before}\n${block.text}`)) {
          const complaint = await complaintOfLine(place, line);
          if (complaint !== undefined) return [`${placeOf(block)} ${complaint}`];
        }
      return [];
    }),
  );
  return complaints.flat();
}

const isShell = ({ language }: Block): boolean => language === 'sh' || language === 'bash';

async function inPlace<T>(work: (place: Place) => Promise<T>): Promise<T> {
  const folder = await dir({ unsafeCleanup: true, prefix: 'catalog-document-' });
  try {
    return await work(await newPlace(folder.path));
  } finally {
    await folder.cleanup();
  }
}

/** Two at a time. */
async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all([worker(), worker()]);
  return results;
}
