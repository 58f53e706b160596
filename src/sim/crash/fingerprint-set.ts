/**
 * A set of fingerprints, which may have millions: two typed arrays. A member that only a sampled walk has met is told apart from
 * one that an exhaustive walk met.
 */
export class FingerprintSet {
  #keys = new Float64Array(1 << 12);
  /** 0 where nothing is, 1 where an exhaustive walk has been, 2 where only a sampled one has. */
  #marks = new Uint8Array(1 << 12);
  #size = 0;
  #sampled = 0;

  get size(): number {
    return this.#size;
  }

  /** How many only a sampled walk has met. */
  get sampled(): number {
    return this.#sampled;
  }

  /** Whether it is new. */
  add(fingerprint: number, { isSampled }: { readonly isSampled: boolean }): boolean {
    const place = this.#placeOf(fingerprint);
    const before = this.#marks[place];
    if (before === 1 || (before === 2 && isSampled)) return false;
    if (before === 2) this.#sampled--;
    this.#keys[place] = fingerprint;
    this.#marks[place] = isSampled ? 2 : 1;
    if (before === 2) return false;
    this.#size++;
    if (isSampled) this.#sampled++;
    if (this.#size * 2 > this.#keys.length) this.#grow();
    return true;
  }

  /** All members, those that only a sampled walk has met negated: for another thread, which adds them to its own. */
  toArray(): Float64Array<ArrayBuffer> {
    const all = new Float64Array(this.#size);
    let at = 0;
    this.#marks.forEach((mark, place) => {
      if (mark !== 0) all[at++] = (mark === 2 ? -1 : 1) * (this.#keys[place] ?? 0);
    });
    return all;
  }

  addAll(members: Float64Array): void {
    for (const member of members) this.add(Math.abs(member), { isSampled: member < 0 });
  }

  #placeOf(fingerprint: number): number {
    const mask = this.#keys.length - 1;
    let place = (fingerprint ^ (fingerprint / 4294967296)) & mask;
    while (this.#marks[place] !== 0 && this.#keys[place] !== fingerprint) place = (place + 1) & mask;
    return place;
  }

  #grow(): void {
    const [keys, marks] = [this.#keys, this.#marks];
    this.#keys = new Float64Array(keys.length * 2);
    this.#marks = new Uint8Array(keys.length * 2);
    marks.forEach((mark, from) => {
      if (mark === 0) return;
      const place = this.#placeOf(keys[from] ?? 0);
      this.#keys[place] = keys[from] ?? 0;
      this.#marks[place] = mark;
    });
  }
}
