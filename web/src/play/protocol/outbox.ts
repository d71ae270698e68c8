import { list, record, text, textOrNull } from "../../shared/check";
import { newId } from "../../shared/ids";
import type { Message } from "./frames";

/** A message that the server has not confirmed. */
export interface Outgoing {
  readonly id: string;
  readonly text: string;
  readonly payload: string | null;
  readonly at: Date;
  readonly status: "sending" | "failed";
  /** Why it failed. */
  readonly problem: { code: string; message: string } | null;
  /** Number of the stored message that is probably this one: it came back before its ack. */
  readonly seenAs: number | null;
}

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** What was written but not confirmed. Lives through a reload of the page; the id of a message never changes, so
 * the server can tell a second sending from a second message. */
export class Outbox {
  #items: readonly Outgoing[] = [];
  #key: string | null = null;

  constructor(private readonly store: Store | null) {}

  /** From now on this is the outbox of `conversation`: adds what an earlier page of it left behind. */
  attach(conversation: string): void {
    const key = `xiaoer.outbox.${conversation}`;
    if (this.#key === key) return;
    this.#key = key;
    let earlier: Outgoing[] = [];
    try {
      const stored = list(JSON.parse(this.store?.getItem(key) ?? "[]"));
      earlier = stored.map(revive).filter((item) => item.id !== "");
    } catch {
      // Not ours, or not readable: nothing to resume.
    }
    this.#set([...earlier, ...this.#items]);
  }

  /** Forgets everything here; what is stored for the conversation stays for its next page. */
  detach(): void {
    this.#key = null;
    this.#items = [];
  }

  get items(): readonly Outgoing[] {
    return this.#items;
  }

  /** Those to be sent (again) after a connection was made, in the order they were written. */
  get waiting(): readonly Outgoing[] {
    return this.#items.filter((item) => item.status === "sending");
  }

  add(content: { text: string; payload: string | null }): Outgoing {
    const item: Outgoing = {
      ...content,
      id: newId(),
      at: new Date(),
      status: "sending",
      problem: null,
      seenAs: null,
    };
    this.#set([...this.#items, item]);
    return item;
  }

  find(id: string): Outgoing | undefined {
    return this.#items.find((item) => item.id === id);
  }

  remove(id: string): void {
    this.#set(this.#items.filter((item) => item.id !== id));
  }

  fail(id: string, problem: { code: string; message: string }): void {
    this.#change(id, { status: "failed", problem });
  }

  retry(id: string): Outgoing | undefined {
    this.#change(id, { status: "sending", problem: null });
    return this.find(id);
  }

  /** A player's message came back: remember which of ours it is, so that it is not shown twice until the ack. */
  recognise(message: Message): void {
    const match =
      (message.id === null ? undefined : this.find(message.id)) ??
      this.waiting.find((item) => item.seenAs === null && item.text === message.text);
    if (match) this.#change(match.id, { seenAs: message.seq });
  }

  #change(id: string, change: Partial<Outgoing>): void {
    this.#set(this.#items.map((item) => (item.id === id ? { ...item, ...change } : item)));
  }

  #set(items: readonly Outgoing[]): void {
    this.#items = items;
    if (this.#key === null) return;
    try {
      if (items.length > 0) this.store?.setItem(this.#key, JSON.stringify(items));
      else this.store?.removeItem(this.#key);
    } catch {
      // Storage is full or forbidden: the outbox still works until the page goes.
    }
  }
}

const revive = (value: unknown): Outgoing => {
  const item = record(value);
  const problem = record(item.problem);
  const failed = item.status === "failed";
  return {
    id: text(item.id),
    text: text(item.text),
    payload: textOrNull(item.payload),
    at: new Date(text(item.at)),
    status: failed ? "failed" : "sending",
    problem: failed ? { code: text(problem.code), message: text(problem.message) } : null,
    seenAs: null,
  };
};
