import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { newId } from "../../../shared/ids";
import { text } from "../../../shared/check";
import { INTENTS, intentName } from "../../locales/intents";
import { t } from "../../locales/texts";
import { tt } from "../../locales/tickets";
import type { Chat } from "../../store/chat";
import type { TicketStore } from "../../store/tickets";
import { Spans } from "./writer";

/** What the agent need not type: what the bot wrote for him, or else the player's own last words. */
const firstWords = (chat: Chat): string => {
  const handOver = [...chat.events.value].reverse().find((one) => one.kind === "hand_over");
  const said = [...chat.messages.value].reverse().find((one) => one.from === "player");
  const summary = text(handOver?.data.summary);
  return (summary === "" ? (said?.text ?? "") : summary).slice(0, 500);
};

export interface NewTicketProps {
  store: TicketStore;
  chat: Chat;
  /** Whether the agent was about to close the conversation. */
  closing: boolean;
  close: () => void;
  /** It is open; `end` says that the conversation is to be closed now. */
  opened: (end: boolean) => void;
}

/** Opens a ticket from a conversation. Escape leaves; what was typed twice by mistake is one ticket. */
export const NewTicketDialog = ({ store, chat, closing, close, opened }: NewTicketProps) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useRef(newId());
  const summary = chat.summary.value;
  const intent = useSignal(summary.intent && INTENTS.includes(summary.intent) ? summary.intent : "");
  const typed = useSignal<string | null>(null); // until then, what is known: it may still be loading
  const what = typed.value ?? firstWords(chat);
  const priority = useSignal("");
  const hours = useSignal<number | null>(null);
  const end = useSignal(closing);
  useEffect(() => dialog.current?.showModal(), []);

  const create = async () => {
    const ticket = await store.create(
      chat.id,
      {
        intent: intent.value,
        summary: what.trim(),
        ...(hours.value !== null && { hours: hours.value }),
        ...(priority.value !== "" && { priority: Number(priority.value) }),
      },
      id.current,
    );
    if (ticket) opened(end.value);
  };

  return (
    <dialog ref={dialog} class="confirm new-ticket" aria-labelledby="new-ticket-title" onClose={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <h2 id="new-ticket-title">{tt.value.newTitle}</h2>
        <p>{tt.value.newHint}</p>
        <label>
          {tt.value.topic}
          <select required value={intent.value} onChange={(e) => (intent.value = e.currentTarget.value)}>
            <option value="" disabled />
            {INTENTS.map((name) => (
              <option key={name} value={name}>
                {intentName(name)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {tt.value.what}
          <textarea
            required
            rows={3}
            maxLength={500}
            value={what}
            onInput={(e) => (typed.value = e.currentTarget.value)}
          />
        </label>
        <div class="new-ticket-row">
          <label>
            {tt.value.priority}
            <select value={priority.value} onChange={(e) => (priority.value = e.currentTarget.value)}>
              <option value="">{tt.value.automatic}</option>
              {tt.value.priorities.map((name, level) => (
                <option key={level} value={String(level)}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <Spans value={hours.value} set={(value) => (hours.value = value)} auto={tt.value.automaticTime} />
        </div>
        <label class="check">
          <input
            type="checkbox"
            checked={end.value}
            onChange={(e) => (end.value = e.currentTarget.checked)}
          />
          {tt.value.closeAfter}
        </label>
        <div class="confirm-buttons">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            {t.value.cancel}
          </button>
          <button type="submit" class="button primary" disabled={store.busy.value || !what.trim()}>
            {tt.value.create}
          </button>
        </div>
      </form>
    </dialog>
  );
};
