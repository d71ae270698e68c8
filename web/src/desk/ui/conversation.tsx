import { useSignal, type Signal } from "@preact/signals";
import { Icon } from "../../shared/ui/icons";
import type { Change } from "../api/client";
import { t } from "../locales/texts";
import { tt } from "../locales/tickets";
import type { Chat } from "../store/chat";
import type { DeskStore } from "../store/desk";
import type { TicketStore } from "../store/tickets";
import { personName, Topic, Urgency, Vip, Waiting } from "./badges";
import { Composer } from "./composer";
import { Confirm } from "./confirm";
import { NewTicketDialog } from "./tickets/new-ticket";
import { Transcript } from "./transcript";

type Leaving = Exclude<Change, "claim">;

interface HeadProps {
  store: DeskStore;
  chat: Chat;
  ask: (change: Leaving) => void;
  player: Signal<boolean>;
  newTicket: () => void;
}

const Head = ({ store, chat, ask, player, newTicket }: HeadProps) => {
  const summary = chat.summary.value;
  const mine = store.isMine(summary);
  const reason = summary.reason && (t.value.reasons[summary.reason] ?? summary.reason);
  return (
    <header class="head">
      <button
        type="button"
        class="button plain icon-only head-back"
        aria-label={t.value.back}
        onClick={() => store.close()}
      >
        <Icon name="back" />
      </button>
      <div class="head-who">
        <h2>
          <span class="head-name" title={personName(summary)}>
            {personName(summary)}
          </span>
          <Vip level={summary.player.vip} />
          <small>{[summary.player.server, summary.player.id].filter(Boolean).join(" · ")}</small>
        </h2>
        <p>
          <span class={`tag state state-${summary.state}`}>{t.value.states[summary.state]}</span>
          <Urgency level={summary.urgency} />
          <Topic summary={summary} />
          {reason && <span class="head-reason">{reason}</span>}
          {summary.state === "queued" && summary.queuedAt && (
            <Waiting since={summary.queuedAt} say={t.value.waited} />
          )}
        </p>
      </div>
      <div class="head-actions">
        <button
          type="button"
          class="button small player-open"
          aria-expanded={player.value}
          onClick={() => (player.value = !player.value)}
        >
          <Icon name="person" size={16} />
          {t.value.player}
        </button>
        {mine && (
          <button type="button" class="button small" onClick={newTicket}>
            {tt.value.newTicket}
          </button>
        )}
        {mine &&
          (["release", "requeue", "close"] as const).map((change) => (
            <button
              key={change}
              type="button"
              class={`button small${change === "close" ? " close" : ""}`}
              disabled={store.busy.value !== null}
              onClick={() => ask(change)}
            >
              {t.value[change]}
            </button>
          ))}
      </div>
    </header>
  );
};

export interface ConversationProps {
  store: DeskStore;
  tickets: TicketStore;
  chat: Chat;
  /** Whether the player's record is shown where it is a drawer. */
  player: Signal<boolean>;
}

export const ConversationView = ({ store, tickets, chat, player }: ConversationProps) => {
  const asking = useSignal<Leaving | null>(null);
  const ticket = useSignal<"" | "open" | "closing">("");
  const summary = chat.summary.value;
  return (
    <main class="conversation" aria-label={personName(summary)}>
      <Head
        store={store}
        chat={chat}
        ask={(change) => (asking.value = change)}
        player={player}
        newTicket={() => (ticket.value = "open")}
      />
      <Transcript store={store} chat={chat} />
      {store.isMine(summary) ? (
        <Composer key={chat.id} store={store} chat={chat} />
      ) : (
        <footer class="foot-claim">
          <p>{summary.state === "queued" ? t.value.preview : t.value.notMine}</p>
          {summary.state === "queued" && (
            <button
              type="button"
              class="button primary"
              disabled={store.busy.value !== null}
              onClick={() => void store.change(chat.id, "claim")}
            >
              {t.value.claim}
            </button>
          )}
        </footer>
      )}
      {asking.value && (
        <Confirm
          texts={t.value.confirm[asking.value]}
          {...(asking.value === "close" && {
            other: {
              text: tt.value.notSolved,
              go: () => {
                asking.value = null;
                ticket.value = "closing";
              },
            },
          })}
          no={() => (asking.value = null)}
          yes={() => {
            const change = asking.value;
            asking.value = null;
            if (change) void store.change(chat.id, change);
          }}
        />
      )}
      {ticket.value && (
        <NewTicketDialog
          store={tickets}
          chat={chat}
          closing={ticket.value === "closing"}
          close={() => (ticket.value = "")}
          opened={(end) => {
            ticket.value = "";
            if (end) void store.change(chat.id, "close");
          }}
        />
      )}
    </main>
  );
};

export const NoConversation = () => (
  <main class="conversation none">
    <h2>{t.value.noneTitle}</h2>
    <p>{t.value.noneText}</p>
  </main>
);
