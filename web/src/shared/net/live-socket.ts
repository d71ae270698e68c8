import { Backoff } from "./backoff";

/** One JSON object on the wire. */
export type Frame = Record<string, unknown> & { type: string };

/** Thrown by `prepare` when trying again cannot help; `code` says why. */
export class FatalError extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

export interface LiveSocketOptions {
  /** Same-origin path of the socket. */
  path: string;
  /** Runs before each try; its frame, if any, is the first one sent. */
  prepare: () => Promise<Frame | null>;
  onFrame: (frame: Frame) => void;
  /** The connection was lost or a try failed; the next one is `delay` ms away. */
  onDown: (delay: number) => void;
  onFatal: (code: string) => void;
  /** For tests. */
  connect?: (url: string) => WebSocket;
  backoff?: Backoff;
}

/** How long the other side may take from the start of a try until `established()` is called. */
const HANDSHAKE_MS = 10_000;

const parse = (data: unknown): Frame | null => {
  if (typeof data !== "string") return null;
  try {
    const value: unknown = JSON.parse(data);
    const type = (value as { type?: unknown } | null)?.type;
    return typeof type === "string" ? (value as Frame) : null;
  } catch {
    return null;
  }
};

/** A WebSocket that comes back by itself. The owner does the handshake and calls `established()` when it is
 * through; what must be sent again after a loss is the owner's business. */
export class LiveSocket {
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = false;
  #attempt = 0;
  readonly #backoff: Backoff;

  constructor(private readonly options: LiveSocketOptions) {
    this.#backoff = options.backoff ?? new Backoff();
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    window.addEventListener("online", this.hurry);
    window.addEventListener("offline", this.drop);
    document.addEventListener("visibilitychange", this.#onVisible);
    void this.#try();
  }

  stop(): void {
    this.#running = false;
    window.removeEventListener("online", this.hurry);
    window.removeEventListener("offline", this.drop);
    document.removeEventListener("visibilitychange", this.#onVisible);
    this.#forget();
  }

  /** Sends if the connection is open; says whether it was. */
  send(frame: Frame): boolean {
    if (this.#socket?.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** The handshake is through. */
  established(): void {
    clearTimeout(this.#timer);
    this.#backoff.reset();
  }

  /** Give this connection up and make a new one, with the usual wait. */
  readonly drop = (): void => {
    if (!this.#running) return;
    this.#forget();
    this.#again();
  };

  /** If a try is being waited for, make it now. */
  readonly hurry = (): void => {
    if (!this.#running || this.#socket) return;
    this.#backoff.reset();
    void this.#try();
  };

  readonly #onVisible = (): void => {
    if (document.visibilityState === "visible") this.hurry();
  };

  /** Closes the socket without hearing of it again; a `prepare` still under way is ignored. */
  #forget(): void {
    clearTimeout(this.#timer);
    this.#attempt += 1;
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
    socket.close();
  }

  #again(): void {
    const delay = this.#backoff.next();
    this.#timer = setTimeout(() => void this.#try(), delay);
    this.options.onDown(delay);
  }

  async #try(): Promise<void> {
    this.#forget();
    const attempt = this.#attempt;
    this.#timer = setTimeout(this.drop, HANDSHAKE_MS);
    let first: Frame | null;
    try {
      first = await this.options.prepare();
    } catch (error) {
      if (attempt !== this.#attempt || !this.#running) return;
      if (error instanceof FatalError) {
        this.stop();
        this.options.onFatal(error.code);
      } else this.drop();
      return;
    }
    if (attempt !== this.#attempt || !this.#running) return;
    this.#open(first);
  }

  #open(first: Frame | null): void {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const connect = this.options.connect ?? ((url: string) => new WebSocket(url));
    const socket = connect(`${scheme}//${location.host}${this.options.path}`);
    this.#socket = socket;
    socket.onopen = () => {
      if (first) this.send(first);
    };
    socket.onmessage = (event: MessageEvent) => {
      const frame = parse(event.data);
      if (frame) this.options.onFrame(frame);
    };
    socket.onclose = this.drop;
    socket.onerror = this.drop;
  }
}
