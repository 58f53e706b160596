import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { filesBelow } from '../artifact-folders.js';

/** Looks like a token of a hub, so that whatever looks for such finds it too. */
export const canary = 'hf_CanaryOf7f3a9b2c1d';

/** Everywhere where a reference or a URL may bear a secret; many are malformed. */
export const bearers: readonly string[] = [
  `https://user:${canary}@example.com/m.gguf`,
  `https://${canary}@example.com/m.gguf`,
  `https://example.com/m.gguf?token=${canary}`,
  `https://example.com/m.gguf?revision=1&access_token=${canary}`,
  `https://example.com/m.gguf#${canary}`,
  `https:/user:${canary}@example.com/m.gguf`,
  `https://user:${canary}@host:nonsense/m.gguf`,
  `https://user:${canary}%40example.com/m.gguf`,
  `s3://${canary}:${canary}@bucket/m.gguf`,
  `foo://user:${canary}@example.com/m`,
  `hf:org/repo/m.gguf?token=${canary}`,
  `postgres://user:${canary}@localhost:1/models`,
  `etcd://user:${canary}@localhost:1/models`,
];

/** What a secret would be called in the environment of a process. */
export const environment: Readonly<Record<string, string>> = {
  HF_TOKEN: canary,
  HUGGING_FACE_HUB_TOKEN: canary,
  AWS_SECRET_ACCESS_KEY: canary,
  PGPASSWORD: canary,
  HTTPS_PROXY: `http://user:${canary}@proxy.example.com:3128`,
  CATALOG_TOKEN: canary,
};

const forms = [
  canary,
  Buffer.from(canary).toString('base64').replace(/=+$/, '').slice(4, -4),
  Buffer.from(canary).toString('hex'),
  encodeURIComponent(canary),
];

/** Whether a text has the canary, in whatever form. */
export const shows = (text: string): boolean => forms.some((form) => text.includes(form));

/** All that can be seen of a value: as a text, as JSON, and as inspect shows it, with what is hidden; of an error its causes too. */
export function seenOf(value: unknown): string {
  const told = inspect(value, { depth: 12, showHidden: true, getters: true, maxStringLength: null, maxArrayLength: null });
  const error = value instanceof Error ? `${value.stack}\n${value.message}\n${seenOf(value.cause ?? '')}` : '';
  return `${told}\n${error}\n${jsonOf(value)}`;
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one)) ?? '';
  } catch {
    return '';
  }
}

/** The files below a folder that have the canary in their names or their bytes. */
export function filesWithCanary(folder: string): readonly string[] {
  return filesBelow(folder).filter((path) => shows(path) || shows(readFileSync(path, 'latin1')));
}
