import type * as Answers from '../../packages/provisioner/src/answers.js';
import type * as Credentials from '../../packages/provisioner/src/credentials.js';
import type * as Parts from '../../packages/provisioner/src/part-file.js';
import type * as Flights from '../../src/fetch/single-flight.js';
import { inModule, type ModuleSaboteur } from './saboteur.js';

const everybodyFlies = inModule<typeof Flights, 'inSingleFlight'>({
  name: 'everybody fetches',
  breaks: 'CAT-PRV-2501',
  by: 'scenario',
  does: 'Who asks for what is being fetched fetches it as well.',
  module: 'src/fetch/single-flight.ts',
  names: ['inSingleFlight'],
  substitutes: () => ({ inSingleFlight: (_place, _key, work) => work({ hasWaited: false }) }),
  shows: ({ inSingleFlight }) => inSingleFlight({} as never, 'k', async () => 'done').catch(() => 'not without a place'),
});

const changesUnseen = inModule<typeof Answers, 'judgeAnswer'>({
  name: 'what changed meanwhile is put together',
  breaks: 'CAT-PRV-2503',
  by: 'scenario',
  does: 'The rest of a download is taken from whatever is at its place by now.',
  module: 'packages/provisioner/src/answers.ts',
  names: ['judgeAnswer'],
  substitutes: ({ judgeAnswer }) => ({ judgeAnswer: (head, asked, _begun, context) => judgeAnswer(head, asked, {}, context) }),
  shows: ({ judgeAnswer }) =>
    judgeAnswer(
      { status: 206, headers: { etag: '"2"', 'content-range': 'bytes 1-1/2' }, hub: {} },
      { from: 1, to: 2 },
      { size: 2, validator: '"1"' },
      { url: 'u', isHub: false, nowMs: 0 },
    ).kind,
});

const rangesBelieved = inModule<typeof Answers, 'judgeAnswer'>({
  name: 'another part is taken for the one that was asked for',
  breaks: 'CAT-PRV-2503',
  by: 'scenario',
  does: 'Bytes are put where they were asked for, wherever the server says that they are from.',
  module: 'packages/provisioner/src/answers.ts',
  names: ['judgeAnswer'],
  substitutes: ({ judgeAnswer }) => ({
    judgeAnswer: (head, asked, begun, context) => {
      const total = /\/(\d+)$/.exec(head.headers['content-range'] ?? '')?.[1] ?? '';
      const range = asked === undefined ? undefined : `bytes ${asked.from}-${Math.min(asked.to, Number(total)) - 1}/${total}`;
      return judgeAnswer({ ...head, headers: { ...head.headers, 'content-range': range } }, asked, begun, context);
    },
  }),
  shows: ({ judgeAnswer }) =>
    judgeAnswer(
      { status: 206, headers: { 'content-range': 'bytes 5-5/9' }, hub: {} },
      { from: 1, to: 2 },
      {},
      { url: 'u', isHub: false, nowMs: 0 },
    ).kind,
});

const namesNotSynced = inModule<typeof Parts, 'syncPath'>({
  name: 'the names of what was prepared are not durable',
  breaks: 'CAT-PRV-2502',
  by: 'scenario',
  does: 'Folders are not synced: after a power cut an entry names what is not there.',
  module: 'packages/provisioner/src/part-file.ts',
  names: ['syncPath'],
  substitutes: () => ({ syncPath: () => Promise.resolve() }),
  shows: ({ syncPath }) =>
    syncPath('/nowhere/at/all').then(
      () => 'synced',
      () => 'not there',
    ),
});

const tokenForAll = inModule<typeof Credentials, 'hubAuthorization'>({
  name: 'the token of the hub is told to whoever is asked',
  breaks: 'CAT-SEC-6004',
  by: 'scenario',
  does: 'The storage behind a redirect is told the token too.',
  module: 'packages/provisioner/src/credentials.ts',
  names: ['hubAuthorization'],
  substitutes: ({ hubAuthorization }) => ({
    hubAuthorization: (environment, endpoint) => () => hubAuthorization(environment, endpoint)(new URL(endpoint)),
  }),
  shows: ({ hubAuthorization }) =>
    hubAuthorization({ HF_TOKEN: 'hf_x' }, 'https://hub.example')(new URL('https://other.example')) ?? 'none',
});

/** Of what is fetched, once, whole and in secret. */
export const provisioningSaboteurs: readonly ModuleSaboteur[] = [
  everybodyFlies,
  changesUnseen,
  rangesBelieved,
  namesNotSynced,
  tokenForAll,
];
