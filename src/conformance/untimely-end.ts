/** So long has a store that is not needed any more to let go of the process. */
const lingeringMs = 2_000;

/** What the process is to end with, whoever ends it: told by whoever began the work. */
export class UntimelyEnd {
  #told: { readonly code: number; readonly why: string } | undefined;
  #least = 0;
  readonly #hear = (code: number): void => {
    if (this.#told !== undefined) {
      process.stderr.write(`catalog: ${this.#told.why}\n`);
      process.exitCode = this.#told.code;
    } else if (code === 0) process.exitCode = this.#least;
  };

  constructor(code: number, why: string) {
    this.expect(code, why);
    process.once('exit', this.#hear);
  }

  /** From now on the process that ends before it is done ends with this code, and says why. */
  expect(code: number, why: string): void {
    this.#told = { code, why };
  }

  /** The work is done: nobody ends the process with 0 where the answer is another, or keeps it alive. */
  done(code = 0): void {
    this.#told = undefined;
    this.#least = code;
    setTimeout(() => process.exit(), lingeringMs).unref();
  }
}
