import { signal } from "@preact/signals";
import { TypingNews } from "../../shared/net/typing-news";

/** Who writes says so again and again; silence for so long means that he has stopped. */
const TYPING_MS = 8_000;

/** Who is writing, on either side. */
export class Typing extends TypingNews {
  readonly who = signal<"bot" | "agent" | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  set(who: "bot" | "agent" | null): void {
    clearTimeout(this.#timer);
    this.who.value = who;
    if (who) this.#timer = setTimeout(() => this.set(null), TYPING_MS);
  }
}
