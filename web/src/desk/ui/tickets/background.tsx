import { text } from "../../../shared/check";
import { clockTime } from "../../../shared/i18n/time";
import type { TicketView } from "../../api/tickets";
import type { Message } from "../../api/types";
import { errorText, t } from "../../locales/texts";
import { tt } from "../../locales/tickets";
import type { DeskStore } from "../../store/desk";
import type { TicketStore } from "../../store/tickets";
import { entityText } from "../entity-text";
import { RecordView } from "../player";

const speaker = (message: Message, player: string): string => {
  switch (message.from) {
    case "player":
      return player;
    case "agent":
      return message.name || t.value.me;
    case "bot":
      return t.value.bot;
    case "system":
      return t.value.system;
  }
};

const factName = (name: string): string =>
  name.startsWith("try_")
    ? tt.value.tried(name.slice(4))
    : (t.value.entityNames[name] ?? tt.value.factNames[name] ?? name);

/** A collected value in words: entities as elsewhere, yes and no, what belongs together with commas. */
export const factText = (name: string, value: unknown): string => {
  if (typeof value === "boolean") return value ? tt.value.yes : tt.value.no;
  if (name in t.value.entityNames) return entityText({ name, value });
  if (Array.isArray(value)) return value.map((one) => factText("", one)).join("、");
  if (typeof value === "object" && value !== null)
    return Object.entries(value)
      .map(([key, one]) => `${factName(key)} ${factText(key, one)}`)
      .join("，");
  return text(value);
};

/** What stands behind a ticket: what the bot collected, what was said, who the player is. */
export const Background = ({
  desk,
  store,
  view: { ticket, messages },
}: {
  desk: DeskStore;
  store: TicketStore;
  view: TicketView;
}) => {
  const conversation = ticket.conversation;
  const known = [...desk.mine.value, ...desk.queue.value].find((one) => one.id === conversation);
  return (
    <>
      {ticket.facts.length > 0 && (
        <details class="ticket-part" open>
          <summary>{tt.value.facts}</summary>
          <dl class="facts">
            {ticket.facts.map(([name, value]) => (
              <div key={name}>
                <dt>{factName(name)}</dt>
                <dd>{factText(name, value)}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      <details class="ticket-part" open>
        <summary>{tt.value.playerConversation}</summary>
        {messages.length === 0 && <p class="list-empty">{tt.value.noMessages}</p>}
        <ul class="said">
          {messages.slice(-20).map((message) => (
            <li key={message.seq} class={`said-${message.from}`}>
              <b>{speaker(message, ticket.player.name || ticket.player.id)}</b>
              <span>{message.text}</span>
              <time dateTime={message.at.toISOString()}>{clockTime(message.at)}</time>
            </li>
          ))}
        </ul>
        {known && (
          <button
            type="button"
            class="button small"
            onClick={() => {
              desk.open(known);
              desk.view.value = "chats";
            }}
          >
            {tt.value.openConversation}
          </button>
        )}
      </details>
      <details
        class="ticket-part"
        onToggle={(event) => {
          if (event.currentTarget.open && !store.record.peek()) void store.loadRecord();
        }}
      >
        <summary>{tt.value.showRecord}</summary>
        {store.recordProblem.value && (
          <p class="player-problem" role="alert">
            {errorText(store.recordProblem.value)}
          </p>
        )}
        {store.record.value && <RecordView record={store.record.value} />}
      </details>
    </>
  );
};
