import { CatalogError } from '../../src/core/errors.js';
import type * as Failure from '../../src/disk/failure.js';
import type { Facts, OperationEvent, VerificationEvent } from '../../src/observe/channels.js';
import type * as Logging from '../../src/observe/logger.js';
import type * as Metrics from '../../src/observe/metrics.js';
import type * as Telling from '../../src/observe/telling.js';
import type * as Operations from '../../src/operations.js';
import { attempted } from './records.js';
import { inModule, type ModuleSaboteur } from './saboteur.js';

const operation: OperationEvent = {
  ...{ operation: 'get', outcome: 'failure', code: 'IoError', message: 'the disk failed', duration_ms: 1 },
  ...{ correlation_id: 'c', root: '/r' },
};
const verification: VerificationEvent = {
  ...{ model_id: 'm', result: 'fail', reason: 'mismatch', method: 'full', bytes: 7, duration_ms: 1 },
  ...{ correlation_id: 'c', root: '/r' },
};

const passwordsTold = inModule<typeof Operations, 'factsAsked'>({
  name: 'a reference is told as it was given',
  breaks: 'CAT-OBS-6101',
  by: 'scenario',
  does: 'An event has the password that stands in a URL.',
  module: 'src/operations.ts',
  names: ['factsAsked'],
  substitutes: () => ({ factsAsked: ({ id, ref }) => ({ model_id: id as string, model_ref: ref as string }) }),
  shows: ({ factsAsked }) => factsAsked({ ref: 'https://me:secret@example.com/a' }).model_ref,
});

const loggerBelieved = inModule<typeof Logging, 'logged'>({
  name: 'a logger that throws fails what was done',
  breaks: 'CAT-OBS-6101',
  by: 'scenario',
  does: 'What a logger throws is thrown by the operation that it was told of.',
  module: 'src/observe/logger.ts',
  names: ['logged'],
  substitutes: () => ({ logged: (logger, { level, message }, fields) => logger[level](fields, message) }),
  shows: ({ logged }) => attempted(() => logged({} as Logging.Logger, { level: 'info', message: '' }, {})),
});

const successAlways = inModule<typeof Telling, 'Telling'>({
  name: 'what fails is not told',
  breaks: 'CAT-OBS-6101',
  by: 'scenario',
  does: 'Only operations that succeed are told of.',
  module: 'src/observe/telling.ts',
  names: ['Telling'],
  substitutes: ({ Telling: Whole }) => ({
    Telling: class extends Whole {
      override async told<T>(call: Telling.ToldCall, work: () => Promise<T>, facts: (result: T | undefined) => Facts): Promise<T> {
        let failure: unknown;
        const tried = async (): Promise<T | undefined> => {
          try {
            return await work();
          } catch (error) {
            failure = error;
            return undefined;
          }
        };
        const result = await super.told<T | undefined>(call, tried, facts);
        if (failure !== undefined) throw failure;
        return result as T;
      }
    },
  }),
  shows: async ({ Telling: Whole }) => {
    const lines: unknown[] = [];
    const log = (_: object, message: string): unknown => lines.push(message);
    const telling = new Whole({ root: '/r', logger: { debug: log, info: log, warn: log, error: log }, monotonicMs: () => 0 });
    const work = () => Promise.reject(new Error('no'));
    await telling.told({ operation: 'get', correlationId: () => 'c' }, work, () => ({})).catch(() => {});
    return lines;
  },
});

const dryRunsDone = inModule<typeof Telling, 'Telling'>({
  name: 'a dry run counts as done',
  breaks: 'CAT-OBS-6102',
  by: 'scenario',
  does: 'What a dry run would do is told and counted as if it had been done.',
  module: 'src/observe/telling.ts',
  names: ['Telling'],
  substitutes: ({ Telling: Whole }) => ({
    Telling: class extends Whole {
      override told<T>(call: Telling.ToldCall, work: () => Promise<T>, facts: (result: T | undefined) => Facts): Promise<T> {
        return super.told({ ...call, isDryRun: false }, work, facts);
      }
    },
  }),
  shows: async ({ Telling: Whole }) => {
    const events: unknown[] = [];
    const log = (event: object): unknown => events.push(event);
    const telling = new Whole({ root: '/r', logger: { debug: log, info: log, warn: log, error: log }, monotonicMs: () => 0 });
    await telling.told(
      { operation: 'gc', kind: 'gc', isDryRun: true, correlationId: () => 'c' },
      async () => {},
      () => ({}),
    );
    return events;
  },
});

const looksCounted = inModule<typeof Metrics, 'ofOperation'>({
  name: 'failures are not counted',
  breaks: 'CAT-OBS-6102',
  by: 'scenario',
  does: 'An operation that fails is counted as one that succeeded.',
  module: 'src/observe/metrics.ts',
  names: ['ofOperation'],
  substitutes: ({ ofOperation }) => ({ ofOperation: (event) => ofOperation({ ...event, outcome: 'success' }) }),
  shows: ({ ofOperation }) => ofOperation({ ...operation, kind: 'add' }),
});

const failuresVerified = inModule<typeof Metrics, 'ofVerification'>({
  name: 'a verification that failed counts as good',
  breaks: 'CAT-OBS-6102',
  by: 'scenario',
  does: 'Every verification is counted as one that found what it should.',
  module: 'src/observe/metrics.ts',
  names: ['ofVerification'],
  substitutes: ({ ofVerification }) => ({ ofVerification: (event) => ofVerification({ ...event, result: 'pass' }) }),
  shows: ({ ofVerification }) => ofVerification(verification),
});

const causeLost = inModule<typeof Failure, 'asCatalogError'>({
  name: 'what the disk said is lost',
  breaks: 'CAT-OBS-6103',
  by: 'scenario',
  does: 'An error has no cause.',
  module: 'src/disk/failure.ts',
  names: ['asCatalogError'],
  substitutes: ({ asCatalogError }) => ({
    asCatalogError: (...given) => {
      const { code, message, details } = asCatalogError(...given);
      return new CatalogError(code, message, details);
    },
  }),
  shows: ({ asCatalogError }) => asCatalogError(Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'read' }), 'could not read').cause,
});

export const observingSaboteurs: readonly ModuleSaboteur[] = [
  passwordsTold,
  loggerBelieved,
  successAlways,
  dryRunsDone,
  looksCounted,
  failuresVerified,
  causeLost,
];
