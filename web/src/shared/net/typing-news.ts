const AGAIN_MS = 3_000;

/** Tells the other side that somebody types here: not more than once in a few seconds. */
export class TypingNews {
  #told = 0;

  /** `send` returns whether it was sent. */
  tell(send: () => boolean): void {
    if (Date.now() - this.#told >= AGAIN_MS && send()) this.#told = Date.now();
  }
}
