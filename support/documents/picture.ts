import { stripVTControlCharacters } from 'node:util';

const escapes = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
] as const;
const written = (text: string): string => escapes.reduce((all, [plain, escaped]) => all.replaceAll(plain, escaped), text);
const read = (text: string): string => escapes.reduceRight((all, [plain, escaped]) => all.replaceAll(escaped, plain), text);

/** Colours of a terminal by day or by night. */
export interface Theme {
  readonly paper: string;
  readonly bar: string;
  readonly ink: string;
  readonly faint: string;
  readonly command: string;
  readonly good: string;
}

export const themes: Readonly<Record<'light' | 'dark', Theme>> = {
  light: { paper: '#ffffff', bar: '#eaeef2', ink: '#1f2328', faint: '#59636e', command: '#0550ae', good: '#116329' },
  dark: { paper: '#0d1117', bar: '#21262d', ink: '#e6edf3', faint: '#9198a1', command: '#79c0ff', good: '#7ee787' },
};

const columns = 96;
const [cellWidth, lineHeight, fontSize, margin, barHeight] = [8.1, 19, 13.5, 20, 30];

/** What a terminal shows of a run, as lines that fit: without the places of this run. */
export function linesShown(output: string): string[] {
  return stripVTControlCharacters(output.trim())
    .replaceAll(/\/tmp\/[\w.-]+\/(?=quickstart|models)/g, '')
    .replaceAll(/^ {2}/gm, '')
    .split('\n')
    .flatMap(folded);
}

/** What of lines does not change from run to run. */
export function wordsIn(lines: readonly string[]): string {
  return lines
    .join(' ')
    .replaceAll(/json\.\s*[\w-]{22}/g, 'json.token')
    .replaceAll(/process \d+/g, 'process n')
    .replaceAll(/\d+\.\d+ s/g, 'n s')
    .replaceAll(/\s+/g, ' ');
}

/** The lines that a picture shows. */
export function linesOfPicture(svg: string): string[] {
  return [...svg.matchAll(/<text class="\w+"[^>]*>([^<]*)<\/text>/g)].map(([, text = '']) => read(text));
}

export function pictureOf(lines: readonly string[], theme: Theme): string {
  const [width, height] = [Math.ceil(columns * cellWidth + 2 * margin), barHeight + 2 * margin + lines.length * lineHeight - 6];
  const rows = lines.map((line, place) => {
    const top = barHeight + margin + place * lineHeight + 8;
    return line === '' ? '' : `<text class="${kindOf(line)}" x="${margin}" y="${top}">${written(line)}</text>\n`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">\n`,
    '<title>A model is added, verified and found; a writer is killed; nothing is lost</title>\n',
    `<style>text{font:${fontSize}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre}`,
    `.told{fill:${theme.ink}}.said{fill:${theme.faint}}.command{fill:${theme.command};font-weight:600}.good{fill:${theme.good}}</style>\n`,
    `<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8" fill="${theme.paper}" stroke="${theme.bar}"/>\n`,
    `<path d="M1 ${barHeight}V8a7 7 0 0 1 7-7h${width - 16}a7 7 0 0 1 7 7v${barHeight - 8}z" fill="${theme.bar}"/>\n`,
    ...[20, 38, 56].map((x) => `<circle cx="${x}" cy="15" r="5.5" fill="${theme.faint}" opacity=".5"/>\n`),
    ...rows,
    '</svg>\n',
  ].join('');
}

function kindOf(line: string): 'command' | 'good' | 'told' | 'said' {
  if (line.startsWith('$ ')) return 'command';
  if (/ {2}(pass|Active) {2}/.test(line)) return 'good';
  return line.startsWith('  ') || line.startsWith('process') ? 'told' : 'said';
}

/** Broken between words, and within one that is longer than a line. */
function folded(line: string): string[] {
  if (line.length <= columns) return [line];
  const indent = /^ */.exec(line)?.[0] ?? '';
  const further = indent === '' && !line.startsWith('process') ? '' : `${indent}  `;
  const before = line.lastIndexOf(' ', columns);
  const cut = before > indent.length ? before : columns;
  return [line.slice(0, cut), ...folded(`${further}${line.slice(cut).trimStart()}`)];
}
