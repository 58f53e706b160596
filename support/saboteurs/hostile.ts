import type * as Reading from '../../src/adopt/reading.js';
import type * as FleetOrigin from '../../src/core/fleet-origin.js';
import { inModule, type ModuleSaboteur } from './saboteur.js';

const untypedOrigin = inModule<typeof FleetOrigin, 'decodeOrigin'>({
  name: 'a damaged origin is a TypeError',
  breaks: 'CAT-SEC-6003',
  by: 'scenario',
  does: 'Who reads the origin of a copy of a fleet that is damaged falls over it.',
  module: 'src/core/fleet-origin.ts',
  names: ['decodeOrigin'],
  substitutes: ({ decodeOrigin }) => ({
    decodeOrigin: (bytes) => {
      const decoded = decodeOrigin(bytes);
      if (decoded.kind === 'damaged') throw new TypeError(decoded.reason);
      return decoded;
    },
  }),
  shows: ({ decodeOrigin }) => {
    try {
      return decodeOrigin(Buffer.alloc(0)).kind;
    } catch (error) {
      return (error as Error).name;
    }
  },
});

const mergedManifest = inModule<typeof Reading, 'parsedJson'>({
  name: 'a manifest is merged into an object',
  breaks: 'CAT-SEC-6003',
  by: 'scenario',
  does: 'What the member __proto__ of a manifest says is said of every object.',
  module: 'src/adopt/reading.ts',
  names: ['parsedJson'],
  substitutes: ({ parsedJson }) => ({ parsedJson: (text, path) => merged({}, parsedJson(text, path)) }),
  shows: ({ parsedJson }) => Object.hasOwn(parsedJson('{"__proto__":{}}', '/a'), '__proto__'),
});

function merged(into: Record<string, unknown>, from: object): Record<string, unknown> {
  for (const [name, value] of Object.entries(from)) {
    const known = into[name];
    if (isObject(known) && isObject(value)) merged(known, value);
    else into[name] = value;
  }
  return into;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

export const hostileSaboteurs: readonly ModuleSaboteur[] = [untypedOrigin, mergedManifest];
