import { locale } from "./locale";

const formats = new Map<string, Intl.DateTimeFormat>();

const format = (name: string, options: Intl.DateTimeFormatOptions, at: Date): string => {
  const key = `${locale.value} ${name}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locale.value, options);
    formats.set(key, found);
  }
  return found.format(at);
};

const startOfDay = (at: Date): number => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();

/** Whole days between the local days of two moments (rounded: a day with a clock change has 23 or 25 hours). */
export const daysBetween = (from: Date, to: Date): number =>
  Math.round((startOfDay(to) - startOfDay(from)) / 86_400_000);

/** `21:40` */
export const clockTime = (at: Date): string =>
  format("time", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, at);

/** `21:40` today, `昨天 21:40`, `周三 21:40` within a week, else with the date. */
export const friendlyTime = (at: Date, now: Date = new Date()): string => {
  const days = daysBetween(at, now);
  const time = clockTime(at);
  if (days === 0) return time;
  if (days === 1) return `${locale.value === "en" ? "Yesterday" : "昨天"} ${time}`;
  if (days > 1 && days < 7) return `${format("weekday", { weekday: "short" }, at)} ${time}`;
  const sameYear = at.getFullYear() === now.getFullYear();
  const date: Intl.DateTimeFormatOptions = { month: "short", day: "numeric" };
  return `${sameYear ? format("day", date, at) : format("date", { ...date, year: "numeric" }, at)} ${time}`;
};

/** `2026-11-21 21:40` in the reader's time zone: for records, where exactness beats friendliness. */
export const recordTime = (at: Date): string => {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
};

/** `3:07`, `1:02:30`: a time that is running. */
export const stopwatch = (milliseconds: number): string => {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
};
