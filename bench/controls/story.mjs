import { basename } from 'node:path';
import { plain } from './words.mjs';

/** The words for a counterexample of one power cut: before which step of the act, and what became of what was pending. */
export async function storyOf(experiment, events, { isOrdered }) {
  const [act, cut] = events;
  if (act.do !== 'act' || cut?.do !== 'cut' || events.length > 2) return JSON.stringify(events);
  const moments = await momentsOf(experiment);
  const { disk, step } = moments[act.until === undefined ? moments.length - 1 : act.until - 1];
  const when = step === undefined ? 'after the answer' : `before ${step}`;
  return `power cut ${when}; ${isOrdered ? ordered(cut.choice, disk) : fatesOf(cut.choice, disk)}`;
}

function fatesOf(choice, disk) {
  const told = new Map();
  for (const { index, description } of disk.pending()) {
    const fate = fateUnder(choice, index);
    told.set(fate, [...(told.get(fate) ?? []), wordsOf(description)]);
  }
  return [...told].map(([fate, changes]) => `${fate}: ${changes.join(', ')}`).join('; ');
}

/** Where an order is kept, what survives takes with it what it cannot be without, which no choice names. */
function ordered(choice, disk) {
  const kept = disk.pending().filter(({ index }) => fateUnder(choice, index) !== 'lost');
  if (kept.length === 0) return 'all that was pending is lost';
  return `kept, with what the journal has before it: ${kept.map(({ description }) => wordsOf(description)).join(', ')}`;
}

const fateUnder = (choice, index) => (typeof choice === 'string' ? choice : (choice[index] ?? 'lost'));

/** The disk before each step of the act, and after the last. */
async function momentsOf({ disk: newDisk, prepare, act }) {
  const [disk, moments] = [newDisk(), []];
  let isActing = false;
  const watched = {
    host: disk.host,
    perform: (step) => {
      if (isActing) moments.push({ disk: disk.fork(), step: `${step.kind} ${plain(basename(step.to ?? step.path ?? ''))}`.trim() });
      return disk.perform(step);
    },
  };
  const session = await prepare(watched);
  isActing = true;
  await act(session);
  return [...moments, { disk: disk.fork(), step: undefined }];
}

const wordsOf = (description) => plain(description.replace(/ of node \d+$/, ''));
