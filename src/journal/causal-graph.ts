import { refusal } from '../core/errors.js';
import type { EventId } from './event-id.js';

/** What of an event is drawn. */
export interface CausedEvent {
  readonly event_id: EventId;
  /** The event because of which it happened. */
  readonly causation_id?: EventId | undefined;
}

/** How events are drawn: their labels, order and signs, and how many columns there may be. */
export interface CausalGraphOptions<Event> {
  /** What is written beside an event, in one line: what does not print is escaped. */
  readonly label: (event: Event) => string;
  /** In which order the events are given, and drawn; newest first unless told. */
  readonly order?: 'newest first' | 'oldest first';
  readonly style?: 'ascii' | 'unicode';
  /** How many causes may be open side by side, from 1 to 100; 20 unless told. What has no room has no line to its cause. */
  readonly maxColumns?: number;
}

interface Drawing {
  /** An event without a cause; one whose column leads to its cause; one whose cause is not among those that are drawn. */
  readonly begins: string;
  readonly caused: string;
  readonly causedElsewhere: string;
  readonly line: string;
  /** Where a column joins another: that one, what lies between, and its end, which in ASCII stands before its place. */
  readonly joined: string;
  readonly across: string;
  readonly end: string;
}

/** An event among those that are drawn, or a column that joins another. */
type Row = { readonly at: number; readonly glyph: keyof Drawing } | { readonly left: number; readonly right: number };

const glyphs = { begins: '*', caused: 'o', causedElsewhere: '~', line: '|', joined: '|' } as const;
const drawn = { begins: '●', caused: '○', causedElsewhere: '◌', line: '│', joined: '├', across: '─' } as const;
const drawings = {
  ascii: { 'newest first': { ...glyphs, across: '_', end: '/' }, 'oldest first': { ...glyphs, across: '-', end: '\\' } },
  unicode: { 'newest first': { ...drawn, end: '╯' }, 'oldest first': { ...drawn, end: '╮' } },
} as const;
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Events and what caused them, a line each, with a column for each cause that is still to come (CAT-JRN-3004); between them lines on
 * which a column ends in that of another effect of the same cause. `*` has no cause, `o` has the one to which its column leads, and
 * the cause of `~` is not drawn, or not on that side. The same for the same events, whatever they say: an event that claims to be its own
 * cause, or that of its cause, is drawn as one whose cause is elsewhere.
 */
export function causalGraph<Event extends CausedEvent>(events: readonly Event[], options: CausalGraphOptions<Event>): readonly string[] {
  const { label, order = 'newest first', style = 'ascii', maxColumns = 20 } = options;
  if (!Number.isInteger(maxColumns) || maxColumns < 1 || maxColumns > 100) {
    throw refusal('InvalidArgument', `maxColumns is a whole number from 1 to 100, not ${maxColumns}`, { argument: 'maxColumns' });
  }
  const drawing: Drawing = drawings[style][order];
  const newestFirst = order === 'newest first' ? events : events.toReversed();
  const lines: string[] = [];
  const columns = new Columns(newestFirst, maxColumns);
  for (const event of newestFirst) {
    for (const row of columns.rowsOf(event)) {
      const cells = columns.cells(row, drawing, style);
      lines.push('at' in row ? `${cells} ${printable(label(event))}`.trimEnd() : cells.trimEnd());
    }
    columns.settle();
  }
  return order === 'newest first' ? lines : lines.reverse();
}

/** Which causes are awaited, from left to right. */
class Columns {
  readonly #most: number;
  /** Where each event is drawn last. */
  readonly #last: ReadonlyMap<EventId, number>;
  readonly #awaited: (EventId | undefined)[] = [];
  #drawn = 0;

  constructor(events: readonly CausedEvent[], most: number) {
    this.#most = most;
    this.#last = new Map(events.map(({ event_id }, nth) => [event_id, nth]));
  }

  /** The line of the next event, and that on which its column joins another; drawn before the columns settle. */
  *rowsOf({ event_id, causation_id }: CausedEvent): Generator<Row, void> {
    const nth = this.#drawn++;
    const at = this.#columnOf(event_id);
    const comes = causation_id !== undefined && at < this.#most && (this.#last.get(causation_id) ?? -1) > nth;
    this.#awaited[at] = undefined;
    const other = comes ? this.#awaited.indexOf(causation_id) : -1;
    yield { at, glyph: causation_id === undefined ? 'begins' : comes ? 'caused' : 'causedElsewhere' };
    if (!comes) return;
    this.#awaited[Math.min(at, other === -1 ? at : other)] = causation_id;
    if (other === -1) return;
    const [left, right] = [Math.min(at, other), Math.max(at, other)];
    this.#awaited[right] = undefined;
    yield { left, right };
  }

  /** Columns at the end that await nothing are no columns. */
  settle(): void {
    while (this.#awaited.length > 0 && this.#awaited.at(-1) === undefined) this.#awaited.pop();
  }

  cells(row: Row, drawing: Drawing, style: 'ascii' | 'unicode'): string {
    const cells = Array.from(this.#awaited, (awaited) => [awaited === undefined ? ' ' : drawing.line, ' '] as [string, string]);
    if ('at' in row) (cells[row.at] as [string, string])[0] = drawing[row.glyph];
    else join(cells, row, drawing, style);
    return cells.flat().join('').slice(0, -1);
  }

  /** The one that awaits it, else the first that is free; one beyond all where none is. */
  #columnOf(id: EventId): number {
    const awaiting = this.#awaited.indexOf(id);
    if (awaiting !== -1) return awaiting;
    const free = this.#awaited.indexOf(undefined);
    return free === -1 ? this.#awaited.length : free;
  }
}

/** Each cell is what stands in a column, and what stands between it and the next. */
function join(
  cells: [string, string][],
  { left, right }: { readonly left: number; readonly right: number },
  drawing: Drawing,
  style: string,
): void {
  for (let column = left; column < right; column++) {
    const cell = cells[column] as [string, string];
    if (column > left && cell[0] === ' ') cell[0] = drawing.across;
    cell[1] = drawing.across;
  }
  (cells[left] as [string, string])[0] = drawing.joined;
  if (style === 'unicode') (cells[right] as [string, string])[0] = drawing.end;
  else (cells[right - 1] as [string, string])[1] = drawing.end;
}

function printable(text: string): string {
  return text.replace(unprintable, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
