import { batch, computed, signal } from "@preact/signals";
import { record, text } from "../../shared/check";
import { LiveSocket, type Frame, type LiveSocketOptions } from "../../shared/net/live-socket";
import { TypingNews } from "../../shared/net/typing-news";
import { ApiError, DeskApi, type Change } from "../api/client";
import { readHappening, readMessage, readSummary } from "../api/read";
import type { Session, Summary } from "../api/types";
import { Chat } from "./chat";
import type { Toast } from "./toast";

export type View = "chats" | "tickets" | "refunds" | "feedback";

const TOAST_MS = 8_000;

/** The state of one desk. Frames of the socket say that something is new; what counts is what the API answers. */
export class DeskStore {
  /** Undefined until the server has said whether somebody is logged in. */
  readonly session = signal<Session | null | undefined>(undefined);
  readonly expired = signal(false);
  readonly link = signal<"connecting" | "online" | "offline">("connecting");
  readonly queue = signal<readonly Summary[]>([]);
  readonly mine = signal<readonly Summary[]>([]);
  readonly openId = signal<string | null>(null);
  /** Which of the desk's views is shown. */
  readonly view = signal<View>("chats");
  readonly toasts = signal<readonly Toast[]>([]);
  /** What is being done to a conversation right now: its buttons wait. */
  readonly busy = signal<string | null>(null);
  readonly unread = computed(() => this.mine.value.reduce((sum, one) => sum + one.unread, 0));
  readonly chat = computed(
    () => (this.openId.value ? this.#chats.get(this.openId.value) : undefined) ?? null,
  );

  /** Called when tickets may have changed, and when nobody is logged in any more. */
  readonly onTickets: (() => void)[] = [];
  readonly onLeft: (() => void)[] = [];

  readonly #chats = new Map<string, Chat>();
  readonly #socket: LiveSocket;
  readonly #typingNews = new TypingNews();
  #queueFetch: Promise<void> | null = null;
  #queueStale = false;
  #toastId = 0;

  constructor(
    readonly api: DeskApi,
    connect?: LiveSocketOptions["connect"],
  ) {
    api.onLoggedOut = () => this.#loggedOut();
    this.#socket = new LiveSocket({
      path: "/desk/api/socket",
      // A refused handshake has no reason that a page could read: ask who we are before the next try.
      prepare: async () => {
        if (this.link.peek() === "offline") await api.me();
        return null;
      },
      onFrame: (frame) => batch(() => this.#receive(frame)),
      onDown: () => (this.link.value = "offline"),
      onFatal: () => (this.link.value = "offline"),
      ...(connect && { connect }),
    });
  }

  /** Finds out whether somebody is logged in. */
  async begin(): Promise<void> {
    try {
      this.#loggedIn(await this.api.me());
    } catch (error) {
      this.session.value = null;
      this.fail(error);
    }
  }

  async login(login: string, password: string): Promise<void> {
    this.#loggedIn(await this.api.login(login, password));
  }

  async logout(): Promise<void> {
    await this.api.logout().catch(() => undefined);
    this.#loggedOut();
    this.expired.value = false;
  }

  /** Try the connection now. */
  hurry(): void {
    this.#socket.hurry();
  }

  /** Shows a conversation, mine or one in the queue. */
  open(summary: Summary): void {
    let chat = this.#chats.get(summary.id);
    if (!chat) {
      chat = new Chat(this.api, summary);
      this.#chats.set(summary.id, chat);
    }
    this.openId.value = summary.id;
    void chat.load();
    void chat.loadPlayer();
  }

  close(): void {
    this.openId.value = null;
  }

  /** Leads and above see and do what others only may with what is theirs. */
  get seesAll(): boolean {
    return (this.session.value?.agent.role ?? "agent") !== "agent";
  }

  isMine(summary: Summary): boolean {
    return summary.state === "agent" && summary.agent?.id === this.session.peek()?.agent.id;
  }

  /** Claims, releases, requeues or closes. */
  async change(id: string, change: Change): Promise<void> {
    if (this.busy.peek()) return;
    this.busy.value = `${change} ${id}`;
    try {
      const summary = await this.api.change(id, change);
      batch(() => {
        this.#follow(summary);
        this.queue.value = this.queue.peek().filter((one) => one.id !== id);
        if (change === "claim") this.open(summary);
        else if (this.openId.peek() === id) this.#openNext();
      });
    } catch (error) {
      this.fail(error);
    } finally {
      this.busy.value = null;
      void this.#fetchQueue();
    }
  }

  /** The open conversation is in front of the agent's eyes. */
  seen(chat: Chat): void {
    if (!this.isMine(chat.summary.peek())) return;
    void chat.read();
    const own = this.mine.peek().find((one) => one.id === chat.id);
    if (own && own.unread > 0) this.#put({ ...own, unread: 0 });
  }

  sayTyping(id: string): void {
    this.#typingNews.tell(() => this.#socket.send({ type: "typing", conversation: id }));
  }

  fail(error: unknown): void {
    const known = error instanceof ApiError ? error : new ApiError("internal", "", false);
    if (known.code !== "not_logged_in") this.#toast("error", "", known);
  }

  dismiss(id: number): void {
    this.toasts.value = this.toasts.peek().filter((toast) => toast.id !== id);
  }

  #toast(kind: Toast["kind"], name: string, error: ApiError | null): void {
    const id = ++this.#toastId;
    this.toasts.value = [...this.toasts.peek().slice(-2), { id, kind, name, error }];
    setTimeout(() => this.dismiss(id), TOAST_MS);
  }

  #loggedIn(session: Session): void {
    this.expired.value = false;
    this.session.value = session;
    this.link.value = "connecting";
    this.#socket.start();
  }

  #loggedOut(): void {
    this.#socket.stop();
    this.#chats.clear();
    for (const told of this.onLeft) told();
    batch(() => {
      this.view.value = "chats";
      this.expired.value = Boolean(this.session.peek());
      this.session.value = null;
      this.openId.value = null;
      this.queue.value = [];
      this.mine.value = [];
    });
  }

  #receive(frame: Frame): void {
    const id = text(frame.conversation);
    switch (frame.type) {
      case "ready":
        this.#socket.established();
        this.link.value = "online";
        void this.#refresh();
        for (const told of this.onTickets) told();
        break;
      case "queue":
        void this.#fetchQueue();
        break;
      case "tickets":
        for (const told of this.onTickets) told();
        break;
      case "conversation":
        this.#changed(readSummary(frame.conversation));
        break;
      case "message":
        this.#message(id, frame);
        break;
      case "event":
        this.#chats.get(id)?.happened(readHappening(frame.event));
        break;
      case "typing":
        this.#chats.get(id)?.playerTypes();
        break;
      case "error":
        if (frame.code === "not_logged_in") this.#loggedOut();
    }
  }

  #message(id: string, frame: Frame): void {
    const message = readMessage(record(frame).message);
    this.#chats.get(id)?.take(message);
    const own = this.mine.peek().find((one) => one.id === id);
    if (!own || message.seq <= own.seq) return;
    const { seq, from, text: said, at } = message;
    const unread = own.unread + (from === "player" ? 1 : 0);
    const last = { seq, from, text: said, at };
    this.#put({ ...own, seq, unread, last, said: from === "player" ? said : own.said });
  }

  #changed(summary: Summary): void {
    const had = this.mine.peek().some((one) => one.id === summary.id);
    this.#follow(summary);
    const mine = this.isMine(summary);
    if (had && !mine && !this.busy.peek()?.endsWith(summary.id))
      this.#toast("left", summary.player.role || summary.player.name, null);
  }

  /** Puts a conversation where it now belongs. */
  #follow(summary: Summary): void {
    const mine = this.isMine(summary);
    this.#chats.get(summary.id)?.update(summary, mine || summary.state === "queued");
    if (mine) this.#put(summary);
    else this.mine.value = this.mine.peek().filter((one) => one.id !== summary.id);
  }

  #put(summary: Summary): void {
    const mine = this.mine.peek();
    this.mine.value = mine.some((one) => one.id === summary.id)
      ? mine.map((one) => (one.id === summary.id ? summary : one))
      : [...mine, summary];
  }

  #openNext(): void {
    const next = this.mine.peek()[0];
    if (next) this.open(next);
    else this.openId.value = null;
  }

  async #refresh(): Promise<void> {
    const queue = this.#fetchQueue();
    try {
      const mine = await this.api.mine();
      batch(() => {
        this.mine.value = mine;
        for (const summary of mine) this.#chats.get(summary.id)?.update(summary, true);
      });
      await this.chat.peek()?.load();
    } catch (error) {
      this.fail(error);
    }
    await queue;
  }

  /** One at a time; what changes meanwhile is fetched after. */
  #fetchQueue(): Promise<void> {
    this.#queueStale = true;
    this.#queueFetch ??= this.#fetchWhileStale()
      .catch((error: unknown) => this.fail(error))
      .finally(() => (this.#queueFetch = null));
    return this.#queueFetch;
  }

  async #fetchWhileStale(): Promise<void> {
    while (this.#queueStale) {
      this.#queueStale = false;
      const queue = await this.api.queue();
      batch(() => {
        this.queue.value = queue;
        this.#followPreview(queue);
      });
    }
  }

  /** A waiting conversation that is only looked at may be taken by a colleague, or its player gives up. */
  #followPreview(queue: readonly Summary[]): void {
    const chat = this.chat.peek();
    if (chat?.summary.peek().state !== "queued" || this.busy.peek()) return;
    const now = queue.find((one) => one.id === chat.id);
    if (now) chat.update(now, true);
    else {
      this.#toast("left", chat.summary.peek().player.role || chat.summary.peek().player.name, null);
      this.openId.value = null;
    }
  }
}
