import { spawnSync } from 'node:child_process';
import { projectRoot } from '../checks/sources.js';

/** What an audit says: `unknown` where the registry has none, or cannot be reached. */
export type Audited = 'clean' | 'not clean' | 'unknown';

/** What `npm audit --json` answered. */
export function audited(answer: string): Audited {
  const total = totalIn(answer);
  if (total === undefined) return 'unknown';
  return total === 0 ? 'clean' : 'not clean';
}

/** Asks npm of what is installed with the packages, wherever they are. */
export function audit(): { readonly audited: Audited; readonly answer: string } {
  const { stdout } = spawnSync('npm', ['audit', '--json', '--omit=dev'], { cwd: projectRoot, encoding: 'utf8' });
  return { audited: audited(stdout ?? ''), answer: stdout ?? '' };
}

function totalIn(answer: string): number | undefined {
  try {
    const { metadata } = JSON.parse(answer) as { metadata?: { vulnerabilities?: { total?: number } } };
    return metadata?.vulnerabilities?.total;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
