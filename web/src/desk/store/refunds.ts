import { batch, computed, signal } from "@preact/signals";
import { RefundApi, type PendingRefund } from "../api/refunds";
import type { DeskStore } from "./desk";

/** News come in bursts; they are looked up at most so often. */
const NEWS_EVERY_MS = 1_500;

/** The refunds that wait for people, and what is being written about them. */
export class RefundStore {
  readonly pending = signal<readonly PendingRefund[]>([]);
  readonly loaded = signal(false);
  /** The refund that is being decided: its buttons wait. */
  readonly busy = signal<number | null>(null);
  readonly reasons = signal<ReadonlyMap<number, string>>(new Map());
  /** What became of the last one, to be said once: order and state. */
  readonly done = signal<{ orderNo: string; state: string } | null>(null);
  readonly mine = computed(() => this.pending.value.filter((one) => one.mayApprove).length);

  readonly #api: RefundApi;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  constructor(private readonly desk: DeskStore) {
    this.#api = new RefundApi(desk.api);
    desk.onTickets.push(() => this.stale());
    desk.onLeft.push(() => this.forget());
  }

  /** Something changed somewhere: look again, soon. */
  stale(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.load();
    }, NEWS_EVERY_MS);
  }

  forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    batch(() => {
      this.pending.value = [];
      this.reasons.value = new Map();
      this.done.value = null;
      this.loaded.value = false;
    });
  }

  /** Fetches the list as it is now; of several answers the latest question's counts. */
  async load(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const pending = await this.#api.pending();
      if (asked !== this.#asked) return;
      batch(() => {
        this.pending.value = pending;
        this.loaded.value = true;
      });
    } catch (error) {
      this.desk.fail(error);
    }
  }

  write(id: number, reason: string): void {
    this.reasons.value = new Map(this.reasons.peek()).set(id, reason);
  }

  async decide(refund: PendingRefund, word: "approve" | "reject"): Promise<void> {
    if (this.busy.peek() !== null) return;
    this.busy.value = refund.id;
    try {
      const state = await this.#api.decide(refund.id, word, this.reasons.peek().get(refund.id)?.trim() ?? "");
      this.done.value = { orderNo: refund.orderNo, state };
    } catch (error) {
      this.desk.fail(error);
    } finally {
      this.busy.value = null;
      await this.load();
    }
  }
}
