import { acceptedLock } from '../../src/trace/accept.js';
import { gateOf } from '../../src/trace/gate.js';
import type { Lock } from '../../src/trace/lock.js';
import { traceOf } from '../../src/trace/trace-of.js';
import { inputsOf, type Project } from './project.js';

/** One thing less in a project, and with which code the gate is to end. */
export interface Deletion {
  readonly what: string;
  readonly project: Project;
  readonly expected: number;
}

/** A project in which nothing is wrong, accepted as it is. */
export function accepted(project: Project): Project {
  const trace = traceOf(inputsOf(project));
  const lock: Lock = new Map(acceptedLock(trace, undefined).map((line) => [line.id, line]));
  return { ...project, lock };
}

export function exitCodeOf(project: Project): number {
  return gateOf(traceOf(inputsOf(project))).exitCode;
}

/** Every scenario, tag, step and citation of a project, each taken away alone. */
export function everyDeletion(project: Project): Deletion[] {
  const claims = countsOf(project);
  return Object.entries(project.features)
    .flatMap(([path, text]) => {
      const within = (changed: string): Project => ({ ...project, features: { ...project.features, [path]: changed } });
      const scenarios = blocksOf(text).map((block) => ({
        what: `the scenario ${/Scenario: .*/.exec(block)?.[0]}`,
        project: within(text.replace(block, '')),
        expected: codeWithout(idsIn(block), claims),
      }));
      const tags = [...text.matchAll(/@REQ-\d+/g)].map((tag) => ({
        what: `the tag ${tag[0]} at ${tag.index}`,
        project: within(cut(text, tag.index, tag[0].length)),
        expected: codeWithout([tag[0].slice(1)], claims),
      }));
      const steps = [...text.matchAll(/^ +(?:Given|When|Then|And) .*\n/gm)].map((step) => ({
        what: `the step ${step[0].trim()}`,
        project: within(cut(text, step.index, step[0].length)),
        expected: 4,
      }));
      return [...scenarios, ...tags, ...steps];
    })
    .concat(citationsOf(project));
}

function citationsOf(project: Project): Deletion[] {
  return Object.entries(project.code ?? {}).flatMap(([path, text]) =>
    [...text.matchAll(/REQ-\d+/g)].map((found) => ({
      what: `the citation of ${found[0]} in ${path}`,
      project: { ...project, code: { ...project.code, [path]: cut(text, found.index, found[0].length) } },
      expected: 4,
    })),
  );
}

function countsOf({ features }: Project): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of Object.values(features).flatMap((text) => blocksOf(text).flatMap(idsIn))) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

/** A MUST that nothing claims any more is uncovered; whatever else is less than it was is drift. REQ-4 only SHOULD. */
function codeWithout(ids: readonly string[], claims: ReadonlyMap<string, number>): number {
  return ids.some((id) => claims.get(id) === 1 && id !== 'REQ-4') ? 3 : 4;
}

/** From the tags to the blank line. */
function blocksOf(text: string): string[] {
  return text
    .split(/\n\n/)
    .slice(1)
    .map((block) => `\n\n${block.trimEnd()}`);
}

function idsIn(text: string): string[] {
  return [...text.matchAll(/@(REQ-\d+)/g)].map(([, id = '']) => id);
}

function cut(text: string, from: number, length: number): string {
  return text.slice(0, from) + text.slice(from + length);
}
