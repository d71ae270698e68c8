import { batch, signal, type ReadonlySignal } from "@preact/signals";
import { LiveSocket, type Frame, type LiveSocketOptions } from "../../shared/net/live-socket";
import type { TokenSource } from "../token/source";
import { ownMessage, readFrame, type Message, type Ownership, type ServerFrame } from "./frames";
import { Outbox, type Outgoing } from "./outbox";
import { Pictures, type Picture } from "./pictures";
import { meaningOf } from "./problems";
import { Timeline } from "./timeline";
import { Typing } from "./typing";

export type Link = "connecting" | "online" | "offline" | "fatal";

/** No ack for so long means that the connection is dead, whatever the browser thinks. */
const ACK_MS = 10_000;
/** How long a gap in the numbers may last before it is asked for again. */
const GAP_MS = 3_000;
const RETRY_MS = 4_000;
const TOKEN_TRIES = 3;

export interface SessionOptions {
  /** Keeps unconfirmed messages through a reload; null where the browser has none to give. */
  store: Storage | null;
  /** Sees each token before it is used. */
  onToken?: (token: string) => void;
  /** What to say of the device after each welcome. */
  context?: () => Promise<Record<string, string>>;
  /** For tests. */
  connect?: NonNullable<LiveSocketOptions["connect"]>;
}

/** The player's side of the in-game protocol: what the server said, what is on its way, and in which shape the
 * connection is. Nothing is lost or doubled when the connection drops: it resumes after the last number that is
 * complete and sends again, with the same ids, what was not confirmed. */
export class ChatSession {
  readonly link = signal<Link>("connecting");
  readonly fatal = signal("");
  readonly ownership = signal<Ownership>({ state: "bot", position: null, waitSeconds: null, agent: "" });
  readonly messages = signal<readonly Message[]>([]);
  readonly outgoing = signal<readonly Outgoing[]>([]);
  /** Last number known when the conversation was opened; null before that. */
  readonly openedAt = signal<number | null>(null);
  readonly caughtUp = signal(false);
  /** How many messages by others the player had not read at the first welcome. */
  readonly unreadAtStart = signal(0);
  /** The last complaint of the server that belongs to no message. */
  readonly notice = signal<{ code: string; message: string } | null>(null);

  readonly pictures: Pictures;

  readonly #timeline = new Timeline();
  readonly #typing = new Typing();
  readonly #outbox: Outbox;
  readonly #socket: LiveSocket;
  readonly #context: SessionOptions["context"];
  #conversation = "";
  #ready = false;
  #tokenTries = 0;
  #readSeq = 0;
  #ackTimer: ReturnType<typeof setTimeout> | undefined;
  #gapTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly source: TokenSource,
    { store, onToken, context, connect }: SessionOptions,
  ) {
    this.#context = context;
    this.#outbox = new Outbox(store);
    this.pictures = new Pictures(source, (id, seq, picture) => this.#pictureStored(id, seq, picture));
    this.#socket = new LiveSocket({
      path: "/chat/v1/socket",
      prepare: async () => {
        const token = await source.get();
        onToken?.(token);
        return { type: "hello", token, last_seq: this.#timeline.complete };
      },
      onFrame: (frame) => this.#receive(frame),
      onDown: () => this.#down("offline"),
      onFatal: (code) => this.#stop(code),
      ...(connect && { connect }),
    });
  }

  /** Who is writing to the player. */
  get typing(): ReadonlySignal<"bot" | "agent" | null> {
    return this.#typing.who;
  }

  start(): void {
    this.link.value = "connecting";
    this.#socket.start();
  }

  stop(): void {
    this.#down("connecting");
    this.#socket.stop();
  }

  /** Try the connection now instead of waiting. */
  hurry(): void {
    if (this.link.value === "fatal") {
      this.#tokenTries = 0;
      this.start();
    } else this.#socket.hurry();
  }

  send(text: string, payload: string | null = null): void {
    const item = this.#outbox.add({ text, payload });
    this.#publish();
    this.#transmit(item);
  }

  retry(id: string): void {
    const item = this.#outbox.retry(id);
    this.#publish();
    if (item) this.#transmit(item);
  }

  discard(id: string): void {
    this.#outbox.remove(id);
    this.#publish();
    this.#restartAckTimer();
  }

  cancelQueue(): void {
    if (this.#ready) this.#socket.send({ type: "cancel_queue" });
  }

  /** The player has seen everything up to `seq`. */
  read(seq: number): void {
    if (seq > this.#readSeq && this.#ready && this.#socket.send({ type: "read", seq })) this.#readSeq = seq;
  }

  /** The player is typing: told to an agent, and not more than once in a few seconds. */
  sayTyping(): void {
    const heard = this.#ready && this.ownership.value.state === "agent";
    if (heard) this.#typing.tell(() => this.#socket.send({ type: "typing" }));
  }

  #transmit(item: Outgoing): void {
    if (!this.#ready) return;
    const frame: Frame = { type: "send", id: item.id, text: item.text };
    if (item.payload !== null) frame.payload = item.payload;
    if (this.#socket.send(frame)) this.#ackTimer ??= setTimeout(() => this.#socket.drop(), ACK_MS);
  }

  #receive(raw: Frame): void {
    const frame = readFrame(raw);
    if (frame) batch(() => this.#handle(frame));
  }

  #handle(frame: ServerFrame): void {
    switch (frame.type) {
      case "welcome":
        this.#welcome(frame);
        break;
      case "message":
        this.#message(frame.message);
        break;
      case "ack":
        this.#ack(frame.id, frame.seq);
        break;
      case "state":
        this.ownership.value = frame.ownership;
        if (frame.ownership.state !== this.typing.value) this.#typing.set(null);
        break;
      case "typing":
        this.#typing.set(frame.from);
        break;
      case "error":
        this.#error(frame);
    }
  }

  #welcome(frame: ServerFrame & { type: "welcome" }): void {
    const replaced = this.#conversation !== "" && this.#conversation !== frame.conversation;
    if (replaced || frame.seq < this.#timeline.complete) {
      // The numbers that we hold are not this conversation's (the demo was reset): begin from nothing.
      // What was written there is not sent here: it may be another player's.
      this.#timeline.clear();
      this.#outbox.detach();
      this.#conversation = "";
      this.openedAt.value = null;
      this.#readSeq = 0;
      this.#publish();
      this.#socket.drop();
      return;
    }
    this.#conversation = frame.conversation;
    this.#outbox.attach(frame.conversation);
    this.#publish();
    this.#socket.established();
    this.#tokenTries = 0;
    this.#ready = true;
    this.ownership.value = frame.ownership;
    if (this.openedAt.value === null) {
      this.openedAt.value = frame.seq;
      this.unreadAtStart.value = frame.unread;
    }
    this.caughtUp.value = this.#timeline.complete >= this.openedAt.value;
    this.link.value = "online";
    for (const item of this.#outbox.waiting) this.#transmit(item);
    void this.#tellContext();
  }

  async #tellContext(): Promise<void> {
    const context = (await this.#context?.()) ?? {};
    if (this.#ready && Object.keys(context).length > 0) this.#socket.send({ type: "context", ...context });
  }

  #message(message: Message): void {
    if (this.#timeline.add(message) && message.from === "player") this.#outbox.recognise(message);
    if (message.from === this.typing.value || message.from === "system") this.#typing.set(null);
    this.#publish();
  }

  #ack(id: string, seq: number): void {
    const item = this.#outbox.find(id);
    if (!item) return;
    this.#outbox.remove(id);
    if (!this.#timeline.has(seq)) this.#timeline.add(ownMessage(seq, id, item));
    this.#publish();
    this.#restartAckTimer();
  }

  /** A picture goes by HTTP; the socket brings its message sooner or later. */
  #pictureStored(id: string, seq: number, picture: Picture | null): void {
    if (seq < 1 || this.#timeline.has(seq)) return;
    this.#timeline.add(ownMessage(seq, id, { text: "", at: new Date(), picture }));
    this.#publish();
  }

  #error(frame: ServerFrame & { type: "error" }): void {
    const { code, message } = frame;
    switch (meaningOf(frame)) {
      case "token":
        this.#tokenTries += 1;
        if (this.#tokenTries >= TOKEN_TRIES || !this.source.renew()) this.#stop(code);
        else this.#socket.drop();
        break;
      case "fatal":
        this.#stop(code);
        break;
      case "message":
        this.#sendFailed(frame);
        break;
      case "notice":
        this.notice.value = { code, message };
    }
  }

  #sendFailed({ id, code, message, retry }: ServerFrame & { type: "error" }): void {
    // Without an id it is the oldest one under way: the server answers in order.
    const item = id === null ? this.#outbox.waiting[0] : this.#outbox.find(id);
    if (!item) return;
    if (retry) setTimeout(() => this.#transmitIfWaiting(item.id), RETRY_MS);
    else this.#outbox.fail(item.id, { code, message });
    this.#publish();
    this.#restartAckTimer();
  }

  #transmitIfWaiting(id: string): void {
    const item = this.#outbox.find(id);
    if (item?.status === "sending") this.#transmit(item);
  }

  #restartAckTimer(): void {
    clearTimeout(this.#ackTimer);
    this.#ackTimer =
      this.#ready && this.#outbox.waiting.length > 0
        ? setTimeout(() => this.#socket.drop(), ACK_MS)
        : undefined;
  }

  #publish(): void {
    this.messages.value = this.#timeline.messages;
    this.outgoing.value = this.#outbox.items;
    if (this.openedAt.value !== null) this.caughtUp.value ||= this.#timeline.complete >= this.openedAt.value;
    if (!this.#timeline.hasGap) {
      clearTimeout(this.#gapTimer);
      this.#gapTimer = undefined;
    } else this.#gapTimer ??= setTimeout(() => this.#socket.drop(), GAP_MS);
  }

  #down(link: Link): void {
    this.#ready = false;
    clearTimeout(this.#ackTimer);
    clearTimeout(this.#gapTimer);
    this.#ackTimer = this.#gapTimer = undefined;
    batch(() => {
      this.link.value = link;
      this.#typing.set(null);
    });
  }

  #stop(code: string): void {
    this.#socket.stop();
    this.#down("fatal");
    this.fatal.value = code;
  }
}
