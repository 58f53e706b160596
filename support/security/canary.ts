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
  `a\nhttps://user:${canary}@example.com/m.gguf`,
  `C:/m.gguf\r\nhttps://user:${canary}@example.com/m.gguf`,
  `m.gguf\n//${canary}@example.com/m.gguf`,
  `hf:org/repo/m.gguf\n?token=${canary}`,
  `https://example.com/m.gguf?revision=1\ttoken=${canary}`,
  `https://example.com/m.gguf?revision=1%0atoken=${canary}`,
  `https://example.com/m.gguf\nAuthorization: Bearer ${canary}`,
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

/** Whether a text has a secret, in whatever form. */
export function showing(secret: string): (text: string) => boolean {
  const hex = Buffer.from(secret).toString('hex');
  const forms = [secret, ...inBase64(Buffer.from(secret)), hex, hex.toUpperCase(), encodeURIComponent(secret)];
  return (text) => forms.some((form) => text.includes(form));
}

/** Whether a text has the canary. */
export const shows = showing(canary);

/** What is the same in every text in base64 that has these bytes: three forms, by where they begin; of their ends what neighbours have no part in. */
function inBase64(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const [first, end] = [Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6)];
    const form = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .slice(first, end);
    return [form, form.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

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
