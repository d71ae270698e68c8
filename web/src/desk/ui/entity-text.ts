import { record, text } from "../../shared/check";
import { money } from "../../shared/i18n/money";
import { recordTime } from "../../shared/i18n/time";
import type { Entity } from "../api/types";

const span = (from: string, to: string): string => (from === to || to === "" ? from : `${from} – ${to}`);

const timeText = (value: unknown): string => {
  const at = new Date(text(value));
  return Number.isNaN(at.getTime()) ? text(value) : recordTime(at);
};

/** An entity's value for the agent's eyes: money for an amount, local time for a time, else as it was found. */
export const entityText = ({ value }: Entity): string => {
  const parts = record(value);
  if (typeof parts.min_fen === "number" && typeof parts.max_fen === "number")
    return span(money(parts.min_fen), money(parts.max_fen));
  if (typeof parts.from === "string") return span(timeText(parts.from), timeText(parts.to));
  return typeof value === "object" && value !== null ? JSON.stringify(value) : text(value);
};
