/** A signal that tells whether whoever has it looks at it again and again, as one does who waits. */
export class SeenSignal {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  #looks = 0;

  constructor() {
    const { signal } = this.#controller;
    const inherited = () => Reflect.get(AbortSignal.prototype, 'aborted', signal) as boolean;
    this.signal = Object.defineProperty(signal, 'aborted', {
      get: () => {
        this.#looks++;
        return inherited();
      },
    });
  }

  get isWaitedWith(): boolean {
    return this.#looks > 1;
  }

  abort(): void {
    this.#controller.abort();
  }
}

/** Gives way to everything else until something holds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
