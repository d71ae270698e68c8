import { useSignal, type Signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { errorText, t } from "../locales/texts";
import { ft } from "../locales/feedback";
import { rt } from "../locales/refunds";
import { tt } from "../locales/tickets";
import type { DeskStore } from "../store/desk";
import type { FeedbackStore } from "../store/feedback";
import type { RefundStore } from "../store/refunds";
import type { TicketStore } from "../store/tickets";
import type { Toast } from "../store/toast";
import { ConversationView, NoConversation } from "./conversation";
import { FeedbackView } from "./feedback/view";
import { Lists } from "./lists";
import { Login } from "./login";
import { PlayerPanel } from "./player";
import { RefundsView } from "./refunds/view";
import { TicketList } from "./tickets/list";
import { TicketsOfPlayer } from "./tickets/of-player";
import { TicketPane } from "./tickets/ticket";
import { Topbar } from "./topbar";
import type { Tab } from "./views";

const toastText = (toast: Toast): string => (toast.error ? errorText(toast.error) : t.value.left(toast.name));

const Toasts = ({ store }: { store: DeskStore }) => (
  <div class="toasts" role="alert">
    {store.toasts.value.map((toast) => (
      <p key={toast.id} class={`toast toast-${toast.kind}`}>
        {toastText(toast)}
        <button type="button" class="link" onClick={() => store.dismiss(toast.id)}>
          {t.value.dismiss}
        </button>
      </p>
    ))}
  </div>
);

/** Alt with an arrow goes through one's own conversations, Escape closes the drawer. */
const useKeys = (store: DeskStore, drawer: Signal<boolean>): void =>
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") drawer.value = false;
      const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
      const mine = store.mine.peek();
      if (!event.altKey || step === 0 || mine.length === 0) return;
      event.preventDefault();
      const at = mine.findIndex((one) => one.id === store.openId.peek());
      const next = mine[(at + step + mine.length) % mine.length];
      if (next) store.open(next);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [store, drawer]);

const ChatsView = ({ store, tickets }: ViewProps) => {
  const showPlayer = useSignal(false);
  const chat = store.chat.value;
  useKeys(store, showPlayer);
  return (
    <div class={`desk-view${chat ? " has-chat" : ""}${showPlayer.value ? " show-player" : ""}`}>
      <Lists store={store} />
      {chat ? (
        <ConversationView key={chat.id} store={store} tickets={tickets} chat={chat} player={showPlayer} />
      ) : (
        <NoConversation />
      )}
      {chat && (
        <PlayerPanel chat={chat} close={() => (showPlayer.value = false)}>
          <TicketsOfPlayer store={tickets} chat={chat} />
        </PlayerPanel>
      )}
    </div>
  );
};

const TicketsView = ({ store, tickets }: ViewProps) => (
  <div class={`desk-view tickets-view${tickets.number.value ? " has-chat" : ""}`}>
    <TicketList store={tickets} />
    <TicketPane desk={store} store={tickets} />
  </div>
);

const Open = ({ store, tickets, refunds, feedback }: AppProps) => {
  switch (store.view.value) {
    case "tickets":
      return <TicketsView store={store} tickets={tickets} />;
    case "refunds":
      return <RefundsView store={refunds} openTicket={(number) => tickets.show(number)} />;
    case "feedback":
      return <FeedbackView store={feedback} />;
    case "chats":
      return <ChatsView store={store} tickets={tickets} />;
  }
};

const DeskView = (props: AppProps) => {
  const { store, tickets, refunds } = props;
  const waiting = refunds.mine.value;
  const overdue = tickets.overdue.value;
  const tabs: Tab[] = [
    { view: "chats", name: tt.value.views.chats },
    {
      view: "tickets",
      name: tt.value.views.tickets,
      alarm: { count: overdue, words: tt.value.overdueBadge(overdue) },
    },
  ];
  if (store.seesAll)
    tabs.push(
      {
        view: "refunds",
        name: rt.value.view,
        alarm: { count: waiting, words: rt.value.waiting(waiting) },
      },
      { view: "feedback", name: ft.value.view },
    );
  return (
    <div class="desk">
      <Topbar store={store} tabs={tabs} />
      <Open {...props} />
    </div>
  );
};

interface ViewProps {
  store: DeskStore;
  tickets: TicketStore;
}

export interface AppProps extends ViewProps {
  refunds: RefundStore;
  feedback: FeedbackStore;
}

export const App = (props: AppProps) => (
  <>
    {props.store.session.value === null && <Login store={props.store} />}
    {props.store.session.value && <DeskView {...props} />}
    <Toasts store={props.store} />
  </>
);
