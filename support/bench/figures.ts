import type { Outcome, Target } from './outcomes.js';

/** Three digits that count. */
export function figure(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en-US');
  if (size < 0.001) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

export function targetText(target: Target): string {
  if ('most' in target) return `at most ${figure(target.most)}`;
  return 'least' in target ? `at least ${figure(target.least)}` : `exactly ${figure(target.exactly)}`;
}

/** What a figure is of. */
export function unitText({ measure, unit }: Pick<Outcome, 'measure' | 'unit'>): string {
  switch (measure) {
    case 'time':
      return unit ?? '× the time';
    case 'rate':
      return '× as many a second';
    case 'exponent':
      return 'power';
    case 'count':
      return unit ?? '';
  }
}

export function millisecondsText(ms: number): string {
  if (ms >= 1000) return `${figure(ms / 1000)} s`;
  return ms >= 1 ? `${figure(ms)} ms` : `${figure(ms * 1000)} µs`;
}
