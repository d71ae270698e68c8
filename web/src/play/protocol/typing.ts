import { signal } from "@preact/signals";

/** Who writes says so again and again; silence for so long means that he has stopped. */
const TYPING_MS = 8_000;
const SAY_TYPING_MS = 3_000;

/** Who is writing, on either side. */
export class Typing {
  readonly who = signal<"bot" | "agent" | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #said = 0;

  set(who: "bot" | "agent" | null): void {
    clearTimeout(this.#timer);
    this.who.value = who;
    if (who) this.#timer = setTimeout(() => this.set(null), TYPING_MS);
  }

  /** Whether it is time to say that the player writes; it is not again for a while. */
  due(): boolean {
    const now = Date.now();
    if (now - this.#said < SAY_TYPING_MS) return false;
    this.#said = now;
    return true;
  }
}
