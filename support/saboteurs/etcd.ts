import type * as Log from '../../src/stores/etcd/event-log.js';
import type * as Errors from '../../src/stores/etcd/gateway-errors.js';
import type * as Keys from '../../src/stores/etcd/keys.js';
import type * as Leases from '../../src/stores/etcd/lease-value.js';
import type * as Wire from '../../src/stores/etcd/wire.js';
import { inModule, type ModuleSaboteur } from './saboteur.js';

const by = 'scenario';
const folder = 'src/stores/etcd';

const nothingCompared = inModule<typeof Wire, 'transactionBody'>({
  name: 'a transaction of etcd compares nothing',
  breaks: 'CAT-FLT-7009',
  does: 'A transaction is done whatever became of what it was judged by.',
  by,
  module: `${folder}/wire.ts`,
  names: ['transactionBody'],
  substitutes: ({ transactionBody }) => ({ transactionBody: (transaction) => transactionBody({ ...transaction, compare: [] }) }),
  shows: ({ transactionBody }) => transactionBody({ compare: [{ key: 'a', target: 'MOD', value: 1 }], success: [], failure: [] }),
});

const bucketTooEarly = inModule<typeof Keys, 'bucketIn'>({
  name: 'a bucket of events is passed over',
  breaks: 'CAT-FLT-7009',
  does: 'Who reads the history on finds the bucket after the one that is next.',
  by,
  module: `${folder}/keys.ts`,
  names: ['bucketIn'],
  substitutes: ({ bucketIn }) => ({ bucketIn: (reference) => bucketIn(reference) + 1 }),
  shows: ({ bucketIn, referenceIn }) => bucketIn(referenceIn(7)),
});

const nothingInDoubt = inModule<typeof Errors, 'Unreachable'>({
  name: 'what had no answer was not done',
  breaks: 'CAT-FLT-7003',
  does: 'A change whose answer was lost counts as one that the server never had.',
  by,
  module: `${folder}/gateway-errors.ts`,
  names: ['Unreachable'],
  substitutes: ({ Unreachable }) => ({
    Unreachable: class extends Unreachable {
      constructor(reason: string) {
        super(reason, false);
      }
    },
  }),
  shows: ({ Unreachable }) => new Unreachable('gone', true).mayBeDone,
});

const compactedIsKept = inModule<typeof Log, 'checkKept'>({
  name: 'what an etcd keeps no more is begun after',
  breaks: 'CAT-FLT-7004',
  does: 'A watch after a revision that is kept no more begins with what is left.',
  by,
  module: `${folder}/event-log.ts`,
  names: ['checkKept'],
  substitutes: ({ checkKept }) => ({ checkKept: (after, extent) => checkKept(after, { ...extent, floor: 0 }) }),
  shows: ({ checkKept }) => {
    try {
      checkKept(1, { newest: 5, floor: 3, bucket: 0, revision: 5 });
      return 'kept';
    } catch {
      return 'refused';
    }
  },
});

const oneEpoch = inModule<typeof Leases, 'leaseText'>({
  name: 'a lease of etcd is everybody’s',
  breaks: 'CAT-FLT-7007',
  does: 'All leases are kept with one epoch.',
  by,
  module: `${folder}/lease-value.ts`,
  names: ['leaseText'],
  substitutes: ({ leaseText }) => ({ leaseText: (lease) => leaseText({ ...lease, epoch: 1 }) }),
  shows: ({ leaseText }) => leaseText({ holder: 'a', epoch: 2, expires_at: '' }),
});

const silenceByCode = inModule<typeof Errors, 'unanswered'>({
  name: 'silence is told by a code of Node',
  breaks: 'CAT-OBS-6103',
  does: 'Where an answer did not come in time, nobody is told what was waited for, nor how long.',
  by,
  module: `${folder}/gateway-errors.ts`,
  names: ['unanswered'],
  substitutes: ({ Unreachable }) => ({ unanswered: () => new Unreachable('ABORT_ERR', true) }),
  shows: ({ unanswered }) => unanswered('/version', 10_000).message,
});

export const etcdSaboteurs: readonly ModuleSaboteur[] = [
  nothingCompared,
  bucketTooEarly,
  nothingInDoubt,
  compactedIsKept,
  oneEpoch,
  silenceByCode,
];
