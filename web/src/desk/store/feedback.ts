import { batch, signal } from "@preact/signals";
import { fetchFeedback, type Feedback } from "../api/feedback";
import type { ApiError } from "../api/client";
import type { DeskStore } from "./desk";

export const PERIODS = [7, 30, 90] as const;
export type Period = (typeof PERIODS)[number];

/** What players wished for and what the chat could not do, in a period. */
export class FeedbackStore {
  readonly days = signal<Period>(30);
  readonly feedback = signal<Feedback | null>(null);
  readonly problem = signal<ApiError | null>(null);
  #asked = 0;

  constructor(private readonly desk: DeskStore) {
    desk.onLeft.push(() => this.forget());
  }

  forget(): void {
    this.#asked += 1;
    batch(() => {
      this.feedback.value = this.problem.value = null;
      this.days.value = 30;
    });
  }

  choose(days: Period): void {
    this.days.value = days;
    void this.load();
  }

  /** Fetches it as it is now; of several answers the latest question's counts. */
  async load(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const feedback = await fetchFeedback(this.desk.api, this.days.peek());
      if (asked !== this.#asked) return;
      batch(() => {
        this.feedback.value = feedback;
        this.problem.value = null;
      });
    } catch (error) {
      if (asked === this.#asked) this.problem.value = error as ApiError;
    }
  }
}
