import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Nothing could be fetched: the registry cannot be reached, and npm remembers nothing. */
class NoRegistry extends Error {}

const unreached = /\b(ENOTCACHED|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)\b/;

/** Runs npm as a user would: what an npm around this process was told is not told again. Gives what it says. */
export async function npm(given: readonly string[], cwd: string): Promise<string> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith('npm_')));
  try {
    return (await promisify(execFile)('npm', given, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 26 })).stdout;
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw unreached.test(stderr) ? new NoRegistry(stderr, { cause: error }) : error;
  }
}

/** What this work gives; undefined where it needs a registry and none can be reached. */
export async function unlessNoRegistry<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof NoRegistry)) throw error;
    return undefined;
  }
}
