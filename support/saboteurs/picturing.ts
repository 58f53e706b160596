import type * as Markup from '../../src/core/markup.js';
import type * as Growth from '../../src/report/growth.js';
import type * as Holdings from '../../src/report/holdings.js';
import { fileOf, keptModel } from '../report/models.js';
import { inModule } from './saboteur.js';

const breaks = 'CAT-CLI-6205';
const by = 'scenario';

const namesAreMarkup = inModule<typeof Markup, 'named'>({
  name: 'names are markup',
  ...{ breaks, by },
  does: 'What somebody called a model is put into the page as it is.',
  module: 'src/core/markup.ts',
  names: ['named'],
  substitutes: ({ ours }) => ({ named: (text) => ours(`<bdi>${text}</bdi>`) }),
  shows: ({ named }) => named('<b>'),
});

const sharedFreed = inModule<typeof Holdings, 'freedByRemoval'>({
  name: 'what is shared counts as freed',
  ...{ breaks, by },
  does: 'Removing a model is said to free what another one holds too.',
  module: 'src/report/holdings.ts',
  names: ['freedByRemoval'],
  substitutes: () => ({
    freedByRemoval: (contents) => {
      const freed = new Map<string, number>();
      for (const { bytes, places } of contents.values())
        for (const { id } of places.get('catalog')?.holders ?? []) freed.set(id, (freed.get(id) ?? 0) + bytes);
      return freed;
    },
  }),
  shows: ({ contentsOf, freedByRemoval }) => [
    ...freedByRemoval(contentsOf([keptModel('a', [fileOf(1, 5)]), keptModel('b', [fileOf(1, 5)])], [])),
  ],
});

const registrationsUnordered = inModule<typeof Growth, 'grownByRegistration'>({
  name: 'registrations are told as they are listed',
  ...{ breaks, by },
  does: 'Growth goes by the ids of models instead of by the time.',
  module: 'src/report/growth.ts',
  names: ['grownByRegistration'],
  substitutes: ({ grownByRegistration }) => ({
    grownByRegistration: (models) => models.flatMap((_, place) => grownByRegistration(models.slice(0, place + 1)).slice(-1)),
  }),
  shows: ({ grownByRegistration }) =>
    grownByRegistration(['09', '02'].map((on) => keptModel(on, [], { registered_at: `2026-01-${on}T00:00:00.000Z` }))),
});

/** Of the picture of a catalog (CAT-CLI-6205). */
export const picturingSaboteurs = [namesAreMarkup, sharedFreed, registrationsUnordered];
