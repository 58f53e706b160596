import type { DiskProgram } from '../disk/program.js';
import { type Appended, type Appender, onlyOf } from './appender.js';
import type { NewEvent } from './appending.js';
import type { JournalWriter } from './journal-writer.js';
import type { Receipt } from './receipts.js';

interface Submitted {
  readonly event: NewEvent;
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: unknown) => void;
}

interface Parts {
  readonly appender: Appender;
  /** Who appends them; `undefined` where nobody can. */
  readonly writer: JournalWriter | undefined;
  /** Throws where nothing may be submitted. */
  readonly check: () => void;
  readonly run: <T>(program: DiskProgram<T>) => T;
}

/** What was submitted before the event loop turns: it shares one sync (CAT-JRN-3107). */
export class Submissions {
  readonly #parts: Parts;
  readonly #submitted: Submitted[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  submit(event: NewEvent): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      this.#parts.check();
      this.#submitted.push({ event, resolve, reject });
      if (this.#submitted.length === 1) setImmediate(() => this.append());
    });
  }

  /** Appends all that waits. */
  append(): void {
    const submitted = this.#submitted.splice(0);
    const { writer, appender, run } = this.#parts;
    if (submitted.length === 0 || writer === undefined) return;
    const appended = new Map<Submitted, Appended>();
    try {
      run(writer.turn(() => this.#appendEach(writer, submitted, appended)));
      if (appended.size > 0) run(writer.syncAppended());
    } catch (error) {
      for (const { reject } of submitted) reject(error);
      return;
    }
    for (const [one, what] of appended) {
      try {
        one.resolve(onlyOf(appender.receiptsOf(what, undefined)));
      } catch (error) {
        one.reject(error);
      }
    }
  }

  /** Whoever is refused is told, and keeps nobody else from being appended. */
  *#appendEach(writer: JournalWriter, submitted: readonly Submitted[], appended: Map<Submitted, Appended>): DiskProgram<void> {
    for (const one of submitted) {
      try {
        appended.set(one, yield* this.#parts.appender.appendInTurn(writer, undefined, [one.event]));
      } catch (error) {
        one.reject(error);
      }
    }
  }
}
