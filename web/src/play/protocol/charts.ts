import { list, number, record, text } from "../../shared/check";

/** Amounts (fen) with their labels; the message's text says the same in words. */
export interface Chart {
  title: string;
  bars: { label: string; fen: number }[];
}

/** The chart of a message frame, null without one. */
export const readChart = (value: unknown): Chart | null => {
  const bars = list(record(value).bars).map((bar) => ({
    label: text(record(bar).label),
    fen: Math.max(0, number(record(bar).fen)),
  }));
  return bars.length > 0 ? { title: text(record(value).title), bars } : null;
};
