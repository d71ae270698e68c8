import { batch, computed, signal } from "@preact/signals";
import { newId } from "../../shared/ids";
import {
  TicketApi,
  type Box,
  type Colleague,
  type NewTicket,
  type Ticket,
  type TicketChange,
  type TicketPage,
  type TicketView,
} from "../api/tickets";
import type { ApiError } from "../api/client";
import type { PlayerRecord } from "../api/types";
import type { DeskStore } from "./desk";

export interface Filter {
  words: string;
  category: string;
  priority: string;
  state: string;
}

/** What the field at the foot of a ticket writes: a step with words, or what a change needs. */
export type Writing = "tell" | "note" | "ask" | "resolve" | "close" | "promise";

export const NO_FILTER: Filter = { words: "", category: "", priority: "", state: "" };
const TYPING_PAUSE_MS = 250;
/** News come in bursts; they are looked up at most so often. */
const NEWS_EVERY_MS = 1_500;

/** The state of the tickets' view, and of the tickets beside a conversation. */
export class TicketStore {
  readonly box = signal<Box>("mine");
  readonly filter = signal<Filter>(NO_FILTER);
  readonly page = signal<TicketPage | null>(null);
  readonly loading = signal(false);
  readonly number = signal<string | null>(null);
  readonly view = signal<TicketView | null>(null);
  readonly problem = signal<ApiError | null>(null);
  readonly record = signal<PlayerRecord | null>(null);
  readonly recordProblem = signal<ApiError | null>(null);
  readonly colleagues = signal<readonly Colleague[]>([]);
  readonly writing = signal<Writing>("tell");
  readonly draft = signal("");
  readonly busy = signal(false);
  /** The tickets of the player whose conversation is open. */
  readonly ofPlayer = signal<readonly Ticket[]>([]);
  readonly counts = computed(() => this.page.value?.counts ?? {});
  readonly overdue = computed(() => this.counts.value.overdue ?? 0);

  readonly #api: TicketApi;
  readonly #drafts = new Map<string, [Writing, string]>();
  #conversation: string | null = null;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #newsTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly desk: DeskStore) {
    this.#api = new TicketApi(desk.api);
    desk.onTickets.push(() => this.stale());
    desk.onLeft.push(() => this.forget());
  }

  get seesAll(): boolean {
    return this.desk.seesAll;
  }

  isMine(ticket: Ticket): boolean {
    return ticket.agent?.id === this.desk.session.value?.agent.id;
  }

  /** Something changed somewhere: look again, soon. */
  stale(): void {
    this.#newsTimer ??= setTimeout(() => {
      this.#newsTimer = undefined;
      void this.load();
      const open = this.number.peek();
      if (open && this.desk.view.peek() === "tickets") void this.#look(open);
      if (this.#conversation) void this.loadOfPlayer(this.#conversation);
    }, NEWS_EVERY_MS);
  }

  forget(): void {
    clearTimeout(this.#newsTimer);
    clearTimeout(this.#timer);
    this.#newsTimer = undefined;
    this.#drafts.clear();
    batch(() => {
      this.page.value = this.view.value = this.number.value = null;
      this.ofPlayer.value = [];
      this.filter.value = NO_FILTER;
      this.box.value = "mine";
    });
  }

  // ---------------------------------------------------------------- the list
  choose(box: Box): void {
    batch(() => {
      this.box.value = box;
      const page = this.page.peek();
      this.page.value = page && { ...page, tickets: [], total: 0 }; // another list's tickets say nothing here
    });
    void this.load();
  }

  /** Narrows the list; what is typed is looked up after a pause. */
  narrow(change: Partial<Filter>): void {
    this.filter.value = { ...this.filter.peek(), ...change };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.load(), "words" in change ? TYPING_PAUSE_MS : 0);
  }

  /** Fetches the list as it is now; with `more`, what follows it. Of several answers the latest question's counts. */
  async load(more = false): Promise<void> {
    const asked = ++this.#asked;
    const before = more ? (this.page.peek()?.tickets ?? []) : [];
    this.loading.value = true;
    try {
      // A number is looked for everywhere: whoever types one wants that ticket.
      const { words, ...others } = this.filter.peek();
      const box = words.trim() ? "all" : this.box.peek();
      const page = await this.#api.list({ box, words: words.trim(), ...others, offset: before.length });
      if (asked !== this.#asked) return;
      this.page.value = { ...page, tickets: [...before, ...page.tickets] };
    } catch (error) {
      if (asked === this.#asked) this.desk.fail(error);
    } finally {
      if (asked === this.#asked) this.loading.value = false;
    }
  }

  // ---------------------------------------------------------------- one ticket
  async open(number: string): Promise<void> {
    this.#keepDraft();
    const [writing, draft] = this.#drafts.get(number) ?? ["tell", ""];
    batch(() => {
      this.number.value = number;
      this.view.value = this.record.value = this.problem.value = this.recordProblem.value = null;
      this.writing.value = writing;
      this.draft.value = draft;
    });
    await this.#look(number);
    if (this.seesAll && this.colleagues.peek().length === 0)
      this.colleagues.value = await this.#api.colleagues().catch(() => []);
  }

  /** Shows it in the tickets' view, from wherever. */
  show(number: string): void {
    this.desk.view.value = "tickets";
    void this.open(number);
  }

  close(): void {
    this.#keepDraft();
    batch(() => (this.number.value = this.view.value = null));
  }

  async loadRecord(): Promise<void> {
    const number = this.number.peek();
    if (!number) return;
    try {
      this.record.value = await this.#api.player(number);
      this.recordProblem.value = null;
    } catch (error) {
      this.recordProblem.value = error as ApiError;
    }
  }

  write(writing: Writing): void {
    this.writing.value = writing;
  }

  /** Does what the field says; what was written stays if it could not be done. True if it was. */
  async send(hours: number): Promise<boolean> {
    const number = this.number.peek();
    const words = this.draft.peek().trim();
    const writing = this.writing.peek();
    if (!number) return false;
    const done = await this.#do(() => {
      switch (writing) {
        case "tell":
          return this.#api.tell(number, words);
        case "note":
          return this.#api.note(number, words);
        case "promise":
          return this.#api.promise(number, hours, words);
        default:
          return this.#api.state(number, writing, words);
      }
    });
    if (!done) return false;
    this.#drafts.delete(number);
    if (this.number.peek() === number) batch(() => ((this.draft.value = ""), (this.writing.value = "tell")));
    return true;
  }

  change(ticket: Ticket, change: TicketChange): Promise<boolean> {
    return this.#do(() => this.#api.state(ticket.number, change, ""));
  }

  prioritise(ticket: Ticket, priority: number): Promise<boolean> {
    return this.#do(() => this.#api.prioritise(ticket.number, priority));
  }

  assign(ticket: Ticket, agent: number | null): Promise<boolean> {
    return this.#do(() => this.#api.assign(ticket.number, agent));
  }

  // ---------------------------------------------------------------- beside a conversation
  /** The tickets of the player of an open conversation. */
  async loadOfPlayer(conversation: string): Promise<void> {
    if (this.#conversation !== conversation) this.ofPlayer.value = [];
    this.#conversation = conversation;
    try {
      const page = await this.#api.list({ box: "all", conversation, limit: 20 });
      if (this.#conversation === conversation) this.ofPlayer.value = page.tickets;
    } catch {
      // Not worth a message: the conversation itself is what the agent looks at.
    }
  }

  /** A ticket from a conversation; null if it could not be opened. */
  async create(conversation: string, wanted: Omit<NewTicket, "id">, id = newId()): Promise<Ticket | null> {
    this.busy.value = true;
    try {
      const ticket = await this.#api.open(conversation, { id, ...wanted });
      void this.loadOfPlayer(conversation);
      return ticket;
    } catch (error) {
      this.desk.fail(error);
      return null;
    } finally {
      this.busy.value = false;
    }
  }

  #keepDraft(): void {
    const number = this.number.peek();
    if (!number) return;
    if (this.draft.peek().trim()) this.#drafts.set(number, [this.writing.peek(), this.draft.peek()]);
    else this.#drafts.delete(number);
  }

  async #look(number: string): Promise<void> {
    try {
      const view = await this.#api.view(number);
      if (this.number.peek() === number) batch(() => ((this.view.value = view), (this.problem.value = null)));
    } catch (error) {
      if (this.number.peek() === number) this.problem.value = error as ApiError;
    }
  }

  async #do(call: () => Promise<Ticket>): Promise<boolean> {
    if (this.busy.peek()) return false;
    this.busy.value = true;
    try {
      const ticket = await call();
      if (this.number.peek() === ticket.number) await this.#look(ticket.number);
      void this.load();
      return true;
    } catch (error) {
      this.desk.fail(error);
      const open = this.number.peek();
      if (open) void this.#look(open); // it may have changed under the agent's hands
      return false;
    } finally {
      this.busy.value = false;
    }
  }
}
