import { widthOf } from './cells.js';

/** What paints, and takes no cell. */
const paint = '\u001b\\[[\\d;]*m';
/** Less than this is no room to write in. */
const leastRoom = 8;

/**
 * A line as lines that fit, broken at blanks; a word that is wider than the screen is broken where the line ends. What follows the
 * first begins with `hang`.
 */
export function wrapped(line: string, columns: number | undefined, hang = ''): string[] {
  if (columns === undefined || cellsOf(line) <= columns) return [line];
  const indent = columns - hang.length < leastRoom ? '' : hang;
  const done: string[] = [];
  let current = '';
  for (const part of line.split(/(?<=\S)(?= +\S)/)) {
    const isTooWide = cellsOf(part.trim()) > columns - indent.length;
    if (isTooWide || cellsOf(current + part) <= columns) current += part;
    else {
      done.push(current);
      current = indent + part.trimStart();
    }
    while (cellsOf(current) > columns) {
      const head = headOf(current, columns);
      done.push(head);
      current = indent + current.slice(head.length);
    }
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
  return widthOf(text.replace(new RegExp(paint, 'g'), ''));
}

/** As much of a line as fits, at least one character. */
function headOf(line: string, columns: number): string {
  let [head, width] = ['', 0];
  for (const [part] of line.matchAll(new RegExp(`${paint}|.`, 'gsu'))) {
    width += cellsOf(part);
    if (width > columns && head !== '') break;
    head += part;
  }
  return head;
}
