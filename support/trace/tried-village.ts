import { scenariosIn } from '../../src/trace/features.js';
import { type SaboteurLine, saboteursIn, saboteursText, scenarioHash, textHash } from '../../src/trace/saboteurs.js';
import { inputsOf, type Project } from './project.js';
import { village } from './village.js';

const path = 'features/mill.feature';
const mill = village.features[path] ?? '';

/** What may have become of the words since saboteurs tried them. */
const changes: Readonly<Record<string, Project>> = {
  'the words of now': village,
  'another text': { ...village, specification: village.specification.replace('have water', 'have much water') },
  'another scenario': { ...village, features: { ...village.features, [path]: mill.replace('a dry summer', 'a summer') } },
  'the same words elsewhere': {
    ...village,
    features: { ...village.features, [path]: mill.replace('  @REQ-2 @REQ-3', '\n\n  @REQ-2 @REQ-3') },
  },
};

/** A village in which a saboteur has met the scenarios of REQ-3, before its words became these. */
export function triedVillage(words: string, isRed: boolean): Project {
  const project = changes[words];
  if (project === undefined) throw new Error(`nobody knows ${words}`);
  const stated = inputsOf(village).requirements.find(({ id }) => id === 'REQ-3');
  const scenario = scenariosIn({ path, text: mill }).scenarios.find(({ tags }) => tags.includes('@REQ-3'));
  if (stated === undefined || scenario === undefined) throw new Error('the village has no REQ-3');
  const about = { name: "a 'dry' well", breaks: 'REQ-3', requirement: 'REQ-3' };
  const line: SaboteurLine = { ...about, isRed, text: textHash(stated), scenario: isRed ? scenarioHash(scenario) : undefined };
  return { ...project, saboteurs: saboteursIn(saboteursText([line])) ?? [] };
}
