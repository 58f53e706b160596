import { join } from 'node:path';
import type { ModelEntry } from '../../src/core/records.js';
import { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import { modelEntry } from '../world.js';
import type { Content, Place } from './aftermath.js';
import type { History } from './history.js';
import type { Change, Job } from './job.js';
import type { Scene } from './kills.js';
import { start } from './start.js';

const [first, second, third] = ['first', 'second', 'third'].map((id) => modelEntry(id)) as [ModelEntry, ModelEntry, ModelEntry];
const changed = modelEntry('first', { name: 'changed' });
const put = (entry: ModelEntry): Change => ({ type: 'put', entry });
const keepGenerations = 2;

/** By the words of a scenario: what is killed, and what is there before and after it. */
export const scenes: Readonly<Record<string, Omit<Scene, 'folder'>>> = {
  'a put that prunes': scene([first, second], put(third), [first, second, third]),
  'a delete': scene([first, second], { type: 'delete', id: first.id }, [second]),
  'the first put under a root': scene([], put(first), [first]),
  'a put without hard links': {
    ...scene([first, second], put(third), [first, second, third], { withoutHardLinks: true }),
    withoutHardLinks: true,
  },
  'an opening that mends': {
    prepare: async (place) => {
      await fill(place, [first]);
      await killedAtPublish(place.root, second);
    },
    job: (root) => ({ role: 'reopener', root, readOnly: false }),
    since: 'open',
    before: [first, second],
    after: [first, second],
  },
};

export const histories: Readonly<Record<string, History>> = {
  'a put': history([first, second], put(third), [first, second, third]),
  'an overwrite': history([first, second], put(changed), [changed, second]),
  'a delete': history([first, second], { type: 'delete', id: first.id }, [second]),
  'the first put under a root': history([], put(first), [first]),
  'a put without hard links': { ...history([first, second], put(third), [first, second, third]), withoutHardLinks: true },
};

export async function fill(place: Place, entries: Content): Promise<void> {
  const store = await FsCatalog.open(place);
  for (const entry of entries) await store.models.put(entry);
  await store.close();
}

function scene(before: Content, change: Change, after: Content, rest: Partial<Job> = {}): Omit<Scene, 'folder'> {
  return {
    prepare: (place) => fill(place, before),
    job: (root) => ({ role: 'writer', root, changes: [change], keepGenerations, ...rest }) as Job,
    before,
    after,
  };
}

function history(before: Content, change: Change, after: Content): History {
  return { prepared: before.map(put), change, before, after };
}

/** Leaves a generation that the index does not show yet, and a temp. */
async function killedAtPublish(root: string, entry: ModelEntry): Promise<void> {
  const at = { type: 'matching', kind: 'Publish', path: join('generations', 'models'), nth: 1, when: 'after' } as const;
  await start({ role: 'writer', root, changes: [put(entry)], plan: { act: 'die', at } }).ended;
}
