/** A block of code in a document, with what its author said of it in comments that readers do not see. */
export interface Block {
  readonly path: string;
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** `<!-- continues -->`: it goes on where the last block of its language ended. */
  readonly continues: boolean;
  /** `<!-- prints -->`: what the last program of the document prints. */
  readonly prints: boolean;
  /** `<!-- before: … -->`: what is done first, and would only be in the way of a reader. */
  readonly before: string;
}

export interface Document {
  readonly path: string;
  readonly text: string;
}

const fence = /^(?<indent> *)```(?<language>[\w-]*)[^\n]*\n(?<text>.*?)^ *```$/gms;
const comments = /(?:<!--(?:(?!-->).)*-->\s*)+$/s;

export function blocksOf({ path, text: whole }: Document): Block[] {
  return [...whole.matchAll(fence)].map((found) => {
    const { indent = '', language = '', text = '' } = found.groups ?? {};
    const said = comments.exec(whole.slice(0, found.index))?.[0] ?? '';
    return {
      path,
      line: whole.slice(0, found.index).split('\n').length,
      language,
      text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      continues: said.includes('<!-- continues -->'),
      prints: said.includes('<!-- prints -->'),
      before: [...said.matchAll(/<!-- before:(.*?)-->/gs)].map(([, code]) => code).join('\n'),
    };
  });
}

export const placeOf = ({ path, line }: Pick<Block, 'path' | 'line'>): string => `${path}:${line}`;

/** Blocks that are one after the other one program, or one session at a terminal. */
export function chainsOf(blocks: readonly Block[]): Block[][] {
  const chains: Block[][] = [];
  for (const block of blocks) {
    const last = chains.at(-1);
    if (block.continues && last?.[0]?.path === block.path) last.push(block);
    else chains.push([block]);
  }
  return chains;
}
