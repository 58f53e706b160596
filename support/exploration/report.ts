import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../checks/sources.js';
import type { Exploration } from './explore.js';
import { replayCommand } from './found.js';
import type { PlanName } from './plan.js';

const reportPath = join(projectRoot, 'reports/crash-exploration.json');
const lockPath = join(projectRoot, 'coverage.lock.json');

/** Writes what an exploration came to into `reports/crash-exploration.json`, beside what was explored of other things. */
export function writeReport(found: Exploration): void {
  mkdirSync(join(projectRoot, 'reports'), { recursive: true });
  const others: unknown = jsonIfThere(reportPath) ?? {};
  writeFileSync(reportPath, `${JSON.stringify({ ...(others as object), [subjectOf(found.plan)]: found }, undefined, 2)}\n`);
}

/** What a plan explores, as the report calls it. */
export function subjectOf(plan: PlanName): 'catalog' | 'journal' {
  return plan === 'quick' || plan === 'full' ? 'catalog' : 'journal';
}

/** How many outcomes the explored histories had when the lock was written: fewer means that something is no longer explored. */
export function lockedOutcomes(plan: PlanName): number {
  const lock = jsonIfThere(lockPath) as { readonly crashExploration?: Readonly<Record<string, { readonly outcomes: number }>> } | undefined;
  const outcomes = lock?.crashExploration?.[plan]?.outcomes;
  if (outcomes === undefined) throw new Error(`coverage.lock.json holds no outcomes of the ${plan} plan`);
  return outcomes;
}

export function asText(found: Exploration): string {
  const { runs, distinct, exhausted, sampled, recovered, alike, audited, outcomes, cuts, sampledCuts, opened, threads, seconds } = found;
  const rate = Math.round(distinct / seconds);
  return [
    `${runs} histories, power cut at ${cuts} moments, of which ${sampledCuts} were sampled`,
    `${distinct} distinct crash states: ${exhausted} by exhaustion, ${sampled} by sampling; ${rate} a second on ${threads} threads`,
    `${recovered} of them were recovered by the real code; ${alike} differ from one of those in bytes alone that nobody reads, ${audited} times one was recovered all the same`,
    `${opened} recoveries answered, refused: ${JSON.stringify(found.refused)}`,
    `${outcomes} distinct outcomes of recovery, ${found.illegal} illegal`,
    ...found.findings.map((finding) => `\n${finding.run.history.join(', ')}: ${finding.complaint}\n  ${replayCommand(finding)}`),
  ].join('\n');
}

function jsonIfThere(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
