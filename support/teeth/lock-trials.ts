import type { Source } from '../checks/sources.js';
import { keepLines, lockedLines, untried, type Words } from './lock.js';

// Put together, because ids that are written out count as citations.
const bell = `CAT-SIM-${5003}`;
const door = `CAT-SIM-${5009}`;

const specs: readonly Source[] = [
  { path: 'specs/a.md', text: `- [${bell}] Bell\n  - It MUST ring.\n- [${door}] Door\n  - It MUST shut.\n` },
];
const features: readonly Source[] = [
  {
    path: 'features/a.feature',
    text: `Feature: a\n\n  @${bell}\n  Scenario: bell\n    Then it rings\n\n  @${door}\n  Scenario: door\n    Then it is shut\n`,
  },
];
const saboteurs = [
  { name: 'mute', breaks: bell, place: 'features/a.feature:4 bell' },
  { name: 'ajar', breaks: door, place: 'features/a.feature:8 door' },
];

const nothing: Words = { specs, features };
const changes: Readonly<Record<string, Words>> = {
  'nothing is changed': nothing,
  'the text that mute breaks is changed': { specs: changed(specs, 'ring.', 'ring twice.'), features },
  'the scenario that caught ajar is changed': { specs, features: changed(features, 'it is shut', 'it shuts') },
  'a line is put above them': {
    specs: changed(specs, '- [', '# House\n- ['),
    features: changed(features, 'Feature: a', '\nFeature: a'),
  },
};

/** Who is to be tried again when a saboteur of each of two requirements was caught, and then something was changed. */
export function triedAgain(folder: string, change: string): string[] {
  const words = changes[change];
  if (words === undefined) throw new Error(`nobody knows what becomes of it when ${change}`);
  for (const { name, breaks, place } of saboteurs) {
    const report = { name, breaks, by: 'scenario', changesBehaviour: true, caughtBy: [breaks], catches: [{ scenario: place, why: '' }] };
    keepLines(folder, lockedLines({ saboteurs: [report] }, saboteurs, nothing), saboteurs);
  }
  return untried(saboteurs, folder, words).map(({ name }) => name);
}

function changed(sources: readonly Source[], from: string, to: string): Source[] {
  return sources.map(({ path, text }) => ({ path, text: text.replace(from, to) }));
}
