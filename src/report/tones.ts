import { isGood, type Standing } from './standing.js';

/** What colours mean, on light and on dark: with words beside them, and told apart by those who see fewer colours too. */
export type Scheme = 'light' | 'dark';

interface Palette {
  readonly page: string;
  readonly card: string;
  readonly ink: string;
  readonly muted: string;
  readonly rule: string;
  readonly link: string;
  /** Of parts of charts, by what they stand for. */
  readonly tones: Readonly<Record<string, string>>;
}

export const palettes: Readonly<Record<Scheme, Palette>> = {
  light: {
    ...{ page: '#f6f5f1', card: '#ffffff', ink: '#1b1e22', muted: '#575d64', rule: '#dcdad3', link: '#0b5a94' },
    tones: {
      ...{ own: '#0b5a94', shared: '#3f93c9', freed: '#c4510b', adopted: '#84406a', referenced: '#868b91' },
      ...{ verified: '#0b5a94', warned: '#c07a00', unverified: '#7c828a' },
      ...{ active: '#0b5a94', pending: '#c07a00', retired: '#7c828a', failed: '#b3261e' },
    },
  },
  dark: {
    ...{ page: '#121518', card: '#1a1e22', ink: '#e8eaec', muted: '#a7aeb6', rule: '#30363c', link: '#86c1f2' },
    tones: {
      ...{ own: '#4a9ae0', shared: '#a3d3f7', freed: '#f0873f', adopted: '#c2459f', referenced: '#a0a6ac' },
      ...{ verified: '#4a9ae0', warned: '#f2bd57', unverified: '#8d959d' },
      ...{ active: '#4a9ae0', pending: '#f2bd57', retired: '#8d959d', failed: '#ff7b70' },
    },
  },
};

/** The tones that stand side by side in one chart. */
export const companions: readonly (readonly string[])[] = [
  ['own', 'shared', 'freed', 'adopted', 'referenced'],
  ['verified', 'warned', 'unverified'],
  ['active', 'pending', 'retired', 'failed'],
];

export function toneOf(standing: Standing): string {
  return isGood(standing) ? standing : 'failed';
}
