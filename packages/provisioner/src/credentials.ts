import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CatalogError } from 'catalog-core';
import type { Environment } from './connections.js';

const local = ['localhost', '127.0.0.1', '[::1]'];

/**
 * What tells a hub who asks: `$HF_TOKEN`, else the file that its own tools keep the token in (`$HF_TOKEN_PATH`, `$HF_HOME/token`,
 * `~/.cache/huggingface/token`), unless `$HF_HUB_DISABLE_IMPLICIT_TOKEN` is set. It is read for each fetch, told to the origin of the hub
 * alone, over https or on this machine, and kept and shown nowhere.
 */
export function hubAuthorization(environment: Environment, endpoint: string): (url: URL) => string | undefined {
  const { origin, protocol, hostname } = new URL(endpoint);
  const isPrivate = protocol === 'https:' || local.includes(hostname);
  const token = isPrivate ? tokenIn(environment) : undefined;
  return (url) => (token !== undefined && url.origin === origin ? `Bearer ${token}` : undefined);
}

function tokenIn(environment: Environment): string | undefined {
  const { HF_TOKEN, HF_TOKEN_PATH, HF_HOME, XDG_CACHE_HOME, HF_HUB_DISABLE_IMPLICIT_TOKEN, HOME = homedir() } = environment;
  const home = HF_HOME ?? join(XDG_CACHE_HOME ?? join(HOME, '.cache'), 'huggingface');
  const token = HF_TOKEN || (isOn(HF_HUB_DISABLE_IMPLICIT_TOKEN) ? '' : fileText(HF_TOKEN_PATH ?? join(home, 'token')));
  const trimmed = token.trim();
  if (trimmed !== '' && !/^[\x21-\x7e]+$/.test(trimmed))
    throw new CatalogError('InvalidArgument', 'the token of the hub has characters that no token has');
  return trimmed === '' ? undefined : trimmed;
}

const isOn = (value: string | undefined): boolean => /^(1|on|yes|true)$/i.test(value ?? '');

function fileText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return '';
    throw error;
  }
}
