import { friendlyTime } from "../../../shared/i18n/time";
import type { Ticket } from "../../api/tickets";
import { intentName } from "../../locales/intents";
import { t } from "../../locales/texts";
import { tt } from "../../locales/tickets";
import { now } from "../clock";

const MINUTE = 60_000;

/** `25 分钟`, `3 小时`, `2 天`: as exact as somebody who plans needs it. */
export const span = (milliseconds: number): string => {
  const minutes = Math.max(1, Math.round(Math.abs(milliseconds) / MINUTE));
  if (minutes < 90) return tt.value.minutes(minutes);
  const hours = Math.round(minutes / 60);
  return hours < 48 ? tt.value.hours(hours) : tt.value.days(Math.round(hours / 24));
};

export const isOurs = (ticket: Ticket): boolean => ticket.state === "new" || ticket.state === "working";

/** How long there is until the promise passes; warm when little is left, hot when it has passed. */
export const Due = ({ ticket }: { ticket: Ticket }) => {
  if (!isOurs(ticket)) return null;
  if (!ticket.promisedAt)
    return ticket.escalatedAt ? <span class="due hot">{tt.value.escalated}</span> : null;
  const left = ticket.promisedAt.getTime() - now.value;
  const heat = left < 0 ? "hot" : left < 60 * MINUTE ? "warm" : "";
  return (
    <span class={`due ${heat}`} title={tt.value.due(friendlyTime(ticket.promisedAt))}>
      {left < 0 ? tt.value.late(span(left)) : tt.value.left(span(left))}
    </span>
  );
};

export const StateTag = ({ ticket }: { ticket: Ticket }) => (
  <span class={`tag ticket-${ticket.state}`}>{tt.value.states[ticket.state]}</span>
);

/** Category and topic, as in the lists of conversations. */
export const TicketTopic = ({ ticket }: { ticket: Ticket }) => (
  <span class={`topic topic-${ticket.category}`}>
    <b>{t.value.categories[ticket.category]}</b>
    <span>{intentName(ticket.intent)}</span>
  </span>
);

/** The end of a number is what people say; the day stays small. */
export const TicketNumber = ({ number }: { number: string }) => {
  const at = number.lastIndexOf("-") + 1;
  return (
    <code class="ticket-number">
      <small>{number.slice(0, at)}</small>
      {number.slice(at)}
    </code>
  );
};
