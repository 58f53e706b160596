import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { normalise } from '../src/trace/words.js';
import { ourRequirements } from './checks/our-requirements.js';
import { projectRoot } from './checks/sources.js';

const path = 'specs/10-integration.md';
const hyphens = '[-\\u2010\\u2011\\u2012\\u2013\\u2212]';
const requirements = ourRequirements([{ path, text: readFileSync(join(projectRoot, path), 'utf8') }]);

/**
 * A step pattern that is the requirement's own clause (CAT-TRC-5102), so that a changed word on either side leaves the step
 * undefined. Hyphens of any kind and blanks of any length are the same; it takes no arguments.
 */
export function clause(id: string, role: 'given' | 'when' | 'then'): RegExp {
  const found = requirements.find((one) => one.id === id)?.clauses.filter((one) => one.role === role);
  if (found === undefined || found.length === 0) throw new Error(`${path} has no ${role.toUpperCase()} for ${id}`);
  const words = normalise(found.map(({ text }) => text).join(' ')).replace(/[\^$\\.*+?()[\]{}|/]/g, '\\$&');
  return new RegExp(`^${words.replaceAll('-', hyphens).replaceAll(' ', '\\s+')}$`, 'u');
}
