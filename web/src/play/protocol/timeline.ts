import type { Message } from "./frames";

/** The messages of a conversation by their gap-free numbers, whatever order they come in. */
export class Timeline {
  #messages: Message[] = [];
  readonly #known = new Set<number>();
  #complete = 0;

  /** All messages, ascending. A new array after each change. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** Everything up to this number is here: what to resume after. */
  get complete(): number {
    return this.#complete;
  }

  get last(): number {
    return this.#messages[this.#messages.length - 1]?.seq ?? 0;
  }

  /** Whether a number below the last one is missing. */
  get hasGap(): boolean {
    return this.last > this.#complete;
  }

  has(seq: number): boolean {
    return this.#known.has(seq);
  }

  /** Takes a message in; false if its number was known. A known one replaces what an ack stood in for. */
  add(message: Message): boolean {
    const isNew = !this.#known.has(message.seq);
    if (isNew) {
      this.#known.add(message.seq);
      let place = this.#messages.length;
      while (place > 0 && (this.#messages[place - 1]?.seq ?? 0) > message.seq) place -= 1;
      this.#messages = [...this.#messages.slice(0, place), message, ...this.#messages.slice(place)];
      while (this.#known.has(this.#complete + 1)) this.#complete += 1;
    } else {
      this.#messages = this.#messages.map((other) => (other.seq === message.seq ? message : other));
    }
    return isNew;
  }

  clear(): void {
    this.#messages = [];
    this.#known.clear();
    this.#complete = 0;
  }
}
