import { widthOf } from './cells.js';

/** What paints, and takes no cell. */
const paint = '\u001b\\[[\\d;]*m';
const paints = new RegExp(paint, 'g');
const pieces = new RegExp(`${paint}|.`, 'gsu');
/** Less than this is no room to write in. */
const leastRoom = 8;

/**
 * A line as lines that fit, broken at blanks; a word that is wider than the screen is broken where the line ends. What follows the
 * first begins with `hang`, of blanks.
 */
export function wrapped(line: string, columns: number | undefined, hang = ''): string[] {
  if (columns === undefined || cellsOf(line) <= columns) return [line];
  const indent = columns - hang.length < leastRoom ? '' : hang;
  const done: string[] = [];
  let [current, width] = ['', 0];
  const breakLine = (): void => {
    done.push(current);
    [current, width] = [indent, indent.length];
  };
  const add = (text: string): void => {
    const cells = cellsOf(text);
    // At least one character, however narrow the screen.
    if (width + cells > columns && current !== '') breakLine();
    current += text;
    width += cells;
  };
  for (const part of line.split(/(?<=\S)(?= +\S)/)) {
    const fits = width + cellsOf(part) <= columns;
    const isTooWide = cellsOf(part.trim()) > columns - indent.length;
    if (!fits && !isTooWide) breakLine();
    const text = fits || isTooWide ? part : part.trimStart();
    if (width + cellsOf(text) <= columns) add(text);
    else for (const [piece] of text.matchAll(pieces)) add(piece);
  }
  return [...done, current];
}

/** Paragraphs are set anew for so many columns; what is indented stays as it is. */
export function setAnew(text: string, columns: number): string {
  const lines: string[] = [];
  let paragraph: string[] = [];
  const end = () => {
    if (paragraph.length > 0) lines.push(...wrapped(paragraph.join(' '), columns));
    paragraph = [];
  };
  for (const line of text.split('\n')) {
    if (/^\S/.test(line)) {
      paragraph.push(line);
      continue;
    }
    end();
    lines.push(line);
  }
  end();
  return lines.join('\n');
}

function cellsOf(text: string): number {
  return widthOf(text.replace(paints, ''));
}
