import type { Status } from '../trace.js';

export type Scheme = 'light' | 'dark';

interface Palette {
  readonly page: string;
  readonly card: string;
  readonly ink: string;
  readonly muted: string;
  readonly rule: string;
  readonly link: string;
  /** Beside a word and a form of their own, never alone. */
  readonly statuses: Readonly<Record<Status, string>>;
}

export const palettes: Readonly<Record<Scheme, Palette>> = {
  light: {
    ...{ page: '#f6f5f1', card: '#ffffff', ink: '#1b1e22', muted: '#575d64', rule: '#dcdad3', link: '#0b5a94' },
    statuses: {
      ...{ verified: '#0b5a94', passing: '#3f93c9', waived: '#84406a', external: '#868b91', linked: '#7c828a' },
      ...{ uncovered: '#a3a8ae', vacuous: '#c07a00', flaky: '#c4510b', drifted: '#b3261e', failed: '#b3261e' },
    },
  },
  dark: {
    ...{ page: '#121518', card: '#1a1e22', ink: '#e8eaec', muted: '#a7aeb6', rule: '#30363c', link: '#86c1f2' },
    statuses: {
      ...{ verified: '#4a9ae0', passing: '#a3d3f7', waived: '#c2459f', external: '#a0a6ac', linked: '#8d959d' },
      ...{ uncovered: '#6b737b', vacuous: '#f2bd57', flaky: '#f0873f', drifted: '#ff7b70', failed: '#ff7b70' },
    },
  },
};
