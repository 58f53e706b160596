const daysToKeep = 7;

export class Shed {
  #tools;

  constructor(names) {
    this.#tools = new Map(names.map((name) => [name, 'here']));
  }

  /** shed.1: whether the tool is yours now. */
  lend(name) {
    if (this.#tools.get(name) !== 'here') return false;
    this.#tools.set(name, 'lent');
    return true;
  }

  /** shed.2, shed.3: how many days it is late. */
  bringBack(name, { afterDays, isBroken = false }) {
    this.#tools.set(name, isBroken ? 'broken' : 'here');
    return Math.max(0, afterDays - daysToKeep);
  }

  mend(name) {
    this.#tools.set(name, 'here');
  }
}
