import { clockTime } from "../../../shared/i18n/time";
import type { TicketView } from "../../api/tickets";
import type { Message } from "../../api/types";
import { errorText, t } from "../../locales/texts";
import { tt } from "../../locales/tickets";
import type { DeskStore } from "../../store/desk";
import type { TicketStore } from "../../store/tickets";
import { PictureView } from "../picture";
import { RecordView } from "../player";
import { Facts } from "./facts";

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
  const owner = `${ticket.state} ${ticket.agent?.id ?? ""}`;
  const known = [...desk.mine.value, ...desk.queue.value].find((one) => one.id === conversation);
  return (
    <>
      {ticket.facts.length > 0 && (
        <details class="ticket-part" open>
          <summary>{tt.value.facts}</summary>
          <Facts desk={desk} facts={ticket.facts} conversation={conversation} owner={owner} />
        </details>
      )}
      <details class="ticket-part" open>
        <summary>{tt.value.playerConversation}</summary>
        {messages.length === 0 && <p class="list-empty">{tt.value.noMessages}</p>}
        <ul class="said">
          {messages.slice(-20).map((message) => (
            <li key={message.seq} class={`said-${message.from}`}>
              <b>{speaker(message, ticket.player.name || ticket.player.id)}</b>
              {message.picture && conversation !== null ? (
                <PictureView
                  desk={desk}
                  picture={message.picture}
                  conversation={conversation}
                  owner={owner}
                />
              ) : (
                <span>{message.text}</span>
              )}
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
