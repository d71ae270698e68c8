import { batch, computed, signal } from "@preact/signals";
import { newId } from "../../shared/ids";
import { ApiError, type DeskApi } from "../api/client";
import type { Conversation, Happening, Message, Note, PlayerRecord, Summary } from "../api/types";

/** What the agent wrote and the server has not confirmed. */
export interface Sending {
  readonly id: string;
  readonly text: string;
  readonly at: Date;
  readonly problem: ApiError | null;
}

const TYPING_MS = 6_000;
const RETRIES_MS = [1_000, 3_000, 8_000];

const byNumber = <T>(key: (item: T) => number, old: readonly T[], more: readonly T[]): readonly T[] => {
  if (more.length === 0) return old;
  const all = new Map(old.map((item) => [key(item), item]));
  for (const item of more) all.set(key(item), item);
  return [...all.values()].sort((a, b) => key(a) - key(b));
};

const sleep = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** One conversation as the desk has it. */
export class Chat {
  readonly summary;
  readonly messages = signal<readonly Message[]>([]);
  readonly events = signal<readonly Happening[]>([]);
  readonly notes = signal<readonly Note[]>([]);
  readonly sending = signal<readonly Sending[]>([]);
  readonly more = signal(false);
  readonly loaded = signal(false);
  readonly problem = signal<ApiError | null>(null);
  readonly context = signal<Conversation["context"]>([]);
  readonly player = signal<PlayerRecord | null>(null);
  readonly playerProblem = signal<ApiError | null>(null);
  readonly typing = signal(false);
  readonly draft = signal("");
  readonly noting = signal(false);
  readonly lastSeq = computed(() => this.messages.value[this.messages.value.length - 1]?.seq ?? 0);
  #typingTimer: ReturnType<typeof setTimeout> | undefined;
  #filling: Promise<void> | null = null;
  #sendChain: Promise<void> = Promise.resolve();
  #readSeq = 0;

  constructor(
    private readonly api: DeskApi,
    summary: Summary,
  ) {
    this.summary = signal(summary);
  }

  get id(): string {
    return this.summary.peek().id;
  }

  /** Fetches it as it is now; what is here already stays, and a hole between the two is filled. */
  async load(): Promise<void> {
    try {
      const found = await this.api.conversation(this.id);
      const last = this.lastSeq.peek();
      const first = found.messages[0]?.seq ?? 0;
      if (last > 0 && first > last + 1) await this.fill();
      batch(() => {
        this.summary.value = found.summary;
        if (last === 0) this.more.value = found.more;
        this.messages.value = byNumber((m) => m.seq, this.messages.peek(), found.messages);
        this.events.value = byNumber((e) => e.id, this.events.peek(), found.events);
        this.notes.value = byNumber((n) => n.id, this.notes.peek(), found.notes);
        this.context.value = found.context;
        this.problem.value = null;
        this.loaded.value = true;
      });
    } catch (error) {
      this.problem.value = error as ApiError;
    }
  }

  async loadPlayer(): Promise<void> {
    try {
      this.player.value = await this.api.player(this.id);
      this.playerProblem.value = null;
    } catch (error) {
      this.playerProblem.value = error as ApiError;
    }
  }

  async loadEarlier(): Promise<void> {
    const first = this.messages.peek()[0]?.seq ?? 0;
    const found = await this.api.before(this.id, first);
    batch(() => {
      this.messages.value = byNumber((m) => m.seq, found.messages, this.messages.peek());
      this.more.value = found.more;
    });
  }

  /** Fetches everything after the last message that is here. */
  fill(): Promise<void> {
    this.#filling ??= this.#fill().finally(() => (this.#filling = null));
    return this.#filling;
  }

  async #fill(): Promise<void> {
    for (let more = true; more;) {
      const found = await this.api.after(this.id, this.lastSeq.peek());
      this.#add(found.messages);
      more = found.more && found.messages.length > 0;
    }
  }

  /** A message came over the socket; true if it is new. */
  take(message: Message): boolean {
    if (!this.loaded.peek() || message.seq <= this.lastSeq.peek()) return false;
    if (message.seq > this.lastSeq.peek() + 1) void this.fill().catch(() => undefined);
    else this.#add([message]);
    return true;
  }

  happened(event: Happening): void {
    if (!this.loaded.peek()) return;
    this.events.value = byNumber((e) => e.id, this.events.peek(), [event]);
    if (event.kind === "refund") void this.loadPlayer();
  }

  /** Its standing changed. What is new is fetched as long as it may be: an agent opens what waits or is his. */
  update(summary: Summary, mayFetch: boolean): void {
    this.summary.value = summary;
    if (mayFetch && this.loaded.peek() && summary.seq > this.lastSeq.peek())
      void this.fill().catch(() => undefined);
  }

  playerTypes(): void {
    clearTimeout(this.#typingTimer);
    this.typing.value = true;
    this.#typingTimer = setTimeout(() => (this.typing.value = false), TYPING_MS);
  }

  /** Says `text` to the player: shown at once, sent in order, tried again a few times. */
  say(text: string): void {
    const item: Sending = { id: newId(), text, at: new Date(), problem: null };
    this.sending.value = [...this.sending.peek(), item];
    this.#queue(item.id);
  }

  retry(id: string): void {
    this.#mark(id, null);
    this.#queue(id);
  }

  discard(id: string): void {
    this.sending.value = this.sending.peek().filter((item) => item.id !== id);
  }

  async note(text: string): Promise<void> {
    const note = await this.api.note(this.id, text);
    this.notes.value = byNumber((n) => n.id, this.notes.peek(), [note]);
  }

  /** The agent has seen everything that is here. */
  async read(): Promise<void> {
    const seq = this.lastSeq.peek();
    if (seq <= this.#readSeq) return;
    const before = this.#readSeq;
    this.#readSeq = seq;
    try {
      await this.api.read(this.id, seq);
    } catch {
      this.#readSeq = before;
    }
  }

  #queue(id: string): void {
    this.#sendChain = this.#sendChain.then(() => this.#deliver(id));
  }

  async #deliver(id: string): Promise<void> {
    const item = this.sending.peek().find((one) => one.id === id);
    if (!item) return;
    for (const wait of [...RETRIES_MS, null]) {
      try {
        const message = await this.api.say(this.id, id, item.text);
        batch(() => {
          this.discard(id);
          this.take(message);
        });
        return;
      } catch (error) {
        const problem = error as ApiError;
        if (!problem.retry || wait === null) {
          this.#mark(id, problem);
          return;
        }
        await sleep(wait);
      }
    }
  }

  #mark(id: string, problem: ApiError | null): void {
    this.sending.value = this.sending.peek().map((item) => (item.id === id ? { ...item, problem } : item));
  }

  #add(messages: readonly Message[]): void {
    batch(() => {
      this.messages.value = byNumber((m) => m.seq, this.messages.peek(), messages);
      if (messages.some((m) => m.from === "player")) this.typing.value = false;
      // Came by the socket before the answer to our call did.
      const ids = new Set(messages.map((m) => m.id));
      if (this.sending.peek().some((item) => ids.has(item.id)))
        this.sending.value = this.sending.peek().filter((item) => !ids.has(item.id));
    });
  }
}
