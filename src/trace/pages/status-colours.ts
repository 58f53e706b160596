import type { Scheme } from '../../core/page-colours.js';
import type { Status } from '../trace.js';

/** Beside a word and a form of their own, never alone. */
export const statusColours: Readonly<Record<Scheme, Readonly<Record<Status, string>>>> = {
  light: {
    ...{ verified: '#0b5a94', passing: '#3f93c9', waived: '#84406a', external: '#868b91', linked: '#7c828a' },
    ...{ uncovered: '#a3a8ae', vacuous: '#c07a00', flaky: '#c4510b', drifted: '#b3261e', failed: '#b3261e' },
  },
  dark: {
    ...{ verified: '#4a9ae0', passing: '#a3d3f7', waived: '#c2459f', external: '#a0a6ac', linked: '#8d959d' },
    ...{ uncovered: '#6b737b', vacuous: '#f2bd57', flaky: '#f0873f', drifted: '#ff7b70', failed: '#ff7b70' },
  },
};
