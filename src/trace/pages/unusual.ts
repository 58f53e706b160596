import { printable } from '../../core/printable.js';
import type { Result, Scenario } from '../trace.js';
import type { Room } from './room.js';
import type { ShownScenario } from './shown-scenarios.js';

const outcomes: readonly Result['status'][] = ['passed', 'failed', 'skipped', 'pending', 'undefined', 'ambiguous'];

/** What is told of a result besides that it passed in some time. */
export interface Unusual {
  /** How many results are between the one before it and this, as they stand by scenario, example and run. */
  readonly after: number;
  /** `passed` where it is not told. */
  readonly status?: Result['status'];
  readonly attempts?: number;
  readonly message?: string;
  /** Of each step a digit, where it is not all passed: the place of its status among `outcomes`. */
  readonly steps?: string;
  readonly attachments?: readonly { readonly type: string; readonly name: string; readonly text: string }[];
}

interface Found {
  readonly result: Result;
  readonly after: number;
}

interface Asked {
  /** Ids of runs. */
  readonly names: readonly string[];
  readonly scenarios: readonly ShownScenario[];
  readonly room: Room;
}

/** By scenario, example and run. What is not green has the first claim to the room that there is. */
export function unusualOf({ names, scenarios, room }: Asked): Unusual[] {
  const results = scenarios.flatMap(({ examples }) => examples.flatMap((example) => names.map((name) => resultIn(name, example))));
  const found = oddIn(results);
  const cut = cutting(room.all);
  const told = new Map<Found, Unusual>();
  for (const one of found)
    if (one.result.status !== 'passed')
      told.set(
        one,
        unusual(one, (text, isDrawn) => cut(text, room.failed, isDrawn)),
      );
  for (const one of found)
    if (one.result.status === 'passed')
      told.set(
        one,
        unusual(one, (text, isDrawn) => cut(text, room.passed, isDrawn)),
      );
  return found.flatMap((one) => told.get(one) ?? []);
}

function resultIn(run: string, { results }: Scenario): Result | undefined {
  return results.find((result) => result.run === run);
}

function oddIn(results: readonly (Result | undefined)[]): Found[] {
  const found: Found[] = [];
  let last = -1;
  for (const [place, result] of results.entries()) {
    if (result === undefined || isUsual(result)) continue;
    found.push({ result, after: place - last - 1 });
    last = place;
  }
  return found;
}

function isUsual({ status, attempts, attachments }: Result): boolean {
  return status === 'passed' && attempts === 1 && attachments.length === 0;
}

type Cut = (text: string, isDrawn: boolean) => string;

function unusual({ result, after }: Found, cut: Cut): Unusual {
  const { status, attempts, message, steps, attachments } = result;
  return {
    after,
    ...(status === 'passed' ? {} : { status, steps: steps.map((step) => outcomes.indexOf(step.status)).join('') }),
    ...(attempts === 1 ? {} : { attempts }),
    ...(message === undefined ? {} : { message: cut(message, false) }),
    ...(attachments.length === 0 ? {} : { attachments: attachments.map((one) => attached(one, cut)) }),
  };
}

function attached({ mediaType, name = '', text }: Result['attachments'][number], cut: Cut) {
  return { type: mediaType, name: printable(name), text: cut(text, mediaType.endsWith('+json')) };
}

/** What the page draws stays whole to be read, where it is not too large for all. */
const mostDrawn = 16_000;

/** Cuts texts until there is no room for any. */
function cutting(room: number): (text: string, most: number, isDrawn: boolean) => string {
  let left = room;
  return (text, most, isDrawn) => {
    const limit = Math.min(left, isDrawn ? Math.max(most, mostDrawn) : most);
    const isWhole = text.length <= limit;
    left -= isWhole ? text.length : isDrawn ? 0 : limit;
    if (isWhole) return isDrawn ? text : lines(text);
    const some = isDrawn ? '' : lines(text.slice(0, limit));
    const rest = text.length - (isDrawn ? 0 : limit);
    return some === '' ? `… ${about(rest)} characters more` : `${some}\n… ${rest.toLocaleString('en')} characters more`;
  };
}

/** Of what nothing is shown nobody needs to know the length to the letter, and of very many such it would take room. */
function about(count: number): string {
  const thousands = Math.round(count / 1000);
  return thousands < 10 ? count.toLocaleString('en') : `about ${(thousands * 1000).toLocaleString('en')}`;
}

/** Printable, line by line. */
export function lines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
