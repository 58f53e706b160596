import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../checks/sources.js';
import type { Document } from './blocks.js';

interface Accepted {
  readonly measure: string;
  readonly median: number;
}

/** `put/Journal/sqlite` in a table whose row ends with `1.11 (time)`: the figure of the bench, in as many digits as are written. */
const row = /^\|.*`([\w./ -]+)` \|(?:.* \|)? ([\d.]+) \((time|rate)\) \|$/gm;

/** Ratios that are not those of the bench, and how many there are in all. */
export function wrongRatios(documents: readonly Document[]): { readonly complaints: string[]; readonly count: number } {
  const accepted = (JSON.parse(readFileSync(join(projectRoot, 'bench/ratios.lock.json'), 'utf8')) as { ratios: Record<string, Accepted> })
    .ratios;
  const told = documents.flatMap(({ path, text }) =>
    [...text.matchAll(row)].map(([, id = '', figure = '', measure]) => ({ path, id, figure, measure })),
  );
  const complaints = told.flatMap(({ path, id, figure, measure }) => {
    const known = accepted[id];
    if (known === undefined) return [`${path} tells ${id}, which nobody measured`];
    const digits = figure.replace('.', '').replace(/^0+/, '').length;
    const isRight = Number(known.median.toPrecision(digits)) === Number(figure) && known.measure === measure;
    return isRight ? [] : [`${path} tells ${figure} (${measure}) of ${id}; ${known.median} was accepted (${known.measure})`];
  });
  return { complaints, count: told.length };
}
