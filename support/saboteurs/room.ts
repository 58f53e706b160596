import type * as ArtifactRoom from '../../src/artifacts/room.js';
import type * as CoreReserve from '../../src/core/reserve.js';
import type { DiskProgram } from '../../src/disk/program.js';
import type { Reserve } from '../../src/stores/fs/reserve.js';
import type * as Room from '../../src/stores/fs/room.js';
import { inModule } from './saboteur.js';

const reserveModule = 'src/core/reserve.ts';

const noReserve = inModule<typeof CoreReserve, 'affordableBytes'>({
  name: 'no reserve is made',
  breaks: 'CAT-IDX-1116',
  by: 'scenario',
  does: 'There is never as much free as a reserve needs.',
  module: reserveModule,
  names: ['affordableBytes'],
  substitutes: () => ({ affordableBytes: () => 0 }),
  shows: ({ affordableBytes }) => affordableBytes(1, 2, { wasGivenUp: false }),
});

const anybodysReserve = inModule<typeof CoreReserve, 'reserveMark'>({
  name: 'a file of somebody is given up',
  breaks: 'CAT-IDX-1116',
  by: 'scenario',
  does: 'Whatever file is called like the reserve is taken for it.',
  module: reserveModule,
  names: ['reserveMark'],
  substitutes: () => ({ reserveMark: new Uint8Array(0) }),
  shows: ({ reserveMark }) => reserveMark.byteLength,
});

const noRoomMade = inModule<typeof Room, 'makeRoom'>({
  name: 'no room is made',
  breaks: 'CAT-IDX-1116',
  by: 'scenario',
  does: 'On a full disk a removal is refused like all else.',
  module: 'src/stores/fs/room.ts',
  names: ['makeRoom'],
  substitutes: () => ({
    makeRoom: function* (): DiskProgram<boolean> {
      return false;
    },
  }),
  shows: ({ makeRoom }) => makeRoom({ release: released } as Reserve, []).next(),
});

const roomUnasked = inModule<typeof ArtifactRoom, 'checkRoom'>({
  name: 'an add does not ask for room',
  breaks: 'CAT-BLB-2108',
  by: 'scenario',
  does: 'Bytes are written until the disk is full.',
  module: 'src/artifacts/room.ts',
  names: ['checkRoom'],
  substitutes: () => ({ checkRoom: function* (): DiskProgram<void> {} }),
  shows: ({ checkRoom }) => checkRoom('/a', 1).next(),
});

export const roomSaboteurs = [noReserve, anybodysReserve, noRoomMade, roomUnasked];

function* released(): DiskProgram<boolean> {
  return true;
}
