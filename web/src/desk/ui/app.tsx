import { useSignal, type Signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { errorText, t } from "../locales/texts";
import type { DeskStore, Toast } from "../store/desk";
import { ConversationView, NoConversation } from "./conversation";
import { Lists } from "./lists";
import { Login } from "./login";
import { PlayerPanel } from "./player";
import { Topbar } from "./topbar";

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

const DeskView = ({ store }: { store: DeskStore }) => {
  const showPlayer = useSignal(false);
  const chat = store.chat.value;
  useKeys(store, showPlayer);
  return (
    <div class={`desk${chat ? " has-chat" : ""}${showPlayer.value ? " show-player" : ""}`}>
      <Topbar store={store} />
      <Lists store={store} />
      {chat ? (
        <ConversationView key={chat.id} store={store} chat={chat} player={showPlayer} />
      ) : (
        <NoConversation />
      )}
      {chat && <PlayerPanel chat={chat} close={() => (showPlayer.value = false)} />}
    </div>
  );
};

export const App = ({ store }: { store: DeskStore }) => (
  <>
    {store.session.value === null && <Login store={store} />}
    {store.session.value && <DeskView store={store} />}
    <Toasts store={store} />
  </>
);
