/** Waits between tries: doubling from `first` to `last` milliseconds, each shortened at random by up to half so
 * that many clients do not come back in step after a restart of the server. */
export class Backoff {
  #tries = 0;

  constructor(
    private readonly first = 500,
    private readonly last = 20_000,
    private readonly random: () => number = Math.random,
  ) {}

  /** The next wait in milliseconds. */
  next(): number {
    const full = Math.min(this.first * 2 ** this.#tries, this.last);
    this.#tries += 1;
    return Math.round(full * (1 - this.random() / 2));
  }

  /** Begin anew after a success. */
  reset(): void {
    this.#tries = 0;
  }
}
