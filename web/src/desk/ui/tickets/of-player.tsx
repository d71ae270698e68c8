import { useEffect } from "preact/hooks";
import { tt } from "../../locales/tickets";
import type { Chat } from "../../store/chat";
import type { TicketStore } from "../../store/tickets";
import { Due, StateTag, TicketNumber, TicketTopic } from "./badges";

/** The player's tickets, beside his conversation. */
export const TicketsOfPlayer = ({ store, chat }: { store: TicketStore; chat: Chat }) => {
  useEffect(() => void store.loadOfPlayer(chat.id), [store, chat.id]);
  const tickets = store.ofPlayer.value;
  return (
    <section class="of-player" aria-labelledby="of-player-title">
      <h3 id="of-player-title">
        {tt.value.ofPlayer} <span class="number">{tickets.length}</span>
      </h3>
      {tickets.length === 0 && <p class="list-empty">{tt.value.noneOfPlayer}</p>}
      <ul>
        {tickets.map((ticket) => (
          <li key={ticket.number}>
            <button type="button" class="card-open" onClick={() => store.show(ticket.number)}>
              <span class="card-line">
                <TicketNumber number={ticket.number} />
                <StateTag ticket={ticket} />
                <Due ticket={ticket} />
              </span>
              <span class="card-line">
                <TicketTopic ticket={ticket} />
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
};
