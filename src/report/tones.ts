import type { Scheme } from '../core/page-colours.js';
import { isGood, type Standing } from './standing.js';

/** Of parts of charts, by what they stand for: with words beside them, and told apart by those who see fewer colours too. */
export const tones: Readonly<Record<Scheme, Readonly<Record<string, string>>>> = {
  light: {
    ...{ own: '#0b5a94', shared: '#3f93c9', freed: '#c4510b', adopted: '#84406a', referenced: '#868b91' },
    ...{ verified: '#0b5a94', warned: '#c07a00', unverified: '#7c828a' },
    ...{ active: '#0b5a94', pending: '#c07a00', retired: '#7c828a', failed: '#b3261e' },
  },
  dark: {
    ...{ own: '#4a9ae0', shared: '#a3d3f7', freed: '#f0873f', adopted: '#c2459f', referenced: '#a0a6ac' },
    ...{ verified: '#4a9ae0', warned: '#f2bd57', unverified: '#8d959d' },
    ...{ active: '#4a9ae0', pending: '#f2bd57', retired: '#8d959d', failed: '#ff7b70' },
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
