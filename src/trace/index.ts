/** `catalog-core/trace`: a specification and what proves it, joined. */
export { acceptedLock } from './accept.js';
export { citationsIn } from './citations.js';
export { configIn, type TraceConfig } from './config.js';
export { type Coverage, coverageIn } from './coverage.js';
export { type Change, differenceOf } from './difference.js';
export { type Explanation, explanationOf } from './explain.js';
export { linesOf as linesOfDocument, type ReadFeature, scenariosIn, type Told } from './features.js';
export { gateOf, type Verdict } from './gate.js';
export type { Inputs, Mention, Policy } from './inputs.js';
export { jsonOf } from './json.js';
export { type Lock, type LockLine, lockIn, lockText } from './lock.js';
export { MessageReader, type ReadRun } from './messages.js';
export { mentionsIn, type Profile, requirementsIn, type Stated } from './requirements.js';
export { type SaboteurLine, saboteursIn, saboteursText, scenarioHash, type TriedSaboteur, textHash } from './saboteurs.js';
export { schema } from './schema.js';
export * from './trace.js';
export { traceOf } from './trace-of.js';
export { differenceText, normalise, type Source, wordDifference } from './words.js';
