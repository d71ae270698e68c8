import { list, number, oneOf, record, text } from "../../shared/check";
import type { DeskApi } from "./client";
import { CATEGORIES } from "./read";
import type { Category } from "./types";

/** How often the chat alone did not do. */
export interface Counts {
  unsolved: number;
  tickets: number;
  open: number;
  escalated: number;
  /** How often each reason led to a human, the most frequent first. */
  handedOver: [reason: string, count: number][];
}

export interface Topic extends Counts {
  intent: string;
  category: Category;
  examples: string[];
}

export interface Feedback {
  topics: Topic[];
  total: Counts;
}

const readCounts = (value: unknown): Counts => {
  const it = record(value);
  return {
    unsolved: number(it.unsolved),
    tickets: number(it.tickets),
    open: number(it.open),
    escalated: number(it.escalated),
    handedOver: Object.entries(record(it.handed_over)).map(([reason, count]) => [reason, number(count)]),
  };
};

const readTopic = (value: unknown): Topic => {
  const it = record(value);
  return {
    ...readCounts(it),
    intent: text(it.intent),
    category: oneOf(it.category, CATEGORIES, "other"),
    examples: list(it.examples).map(text),
  };
};

/** What came up in the last `days`. Throws ApiError. */
export const fetchFeedback = async (desk: DeskApi, days: number): Promise<Feedback> => {
  const answer = record(await desk.call("GET", `feedback?days=${days}&examples=10`));
  return { topics: list(answer.topics).map(readTopic), total: readCounts(answer.total) };
};
