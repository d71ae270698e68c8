import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { daysBetween, friendlyTime } from "../../shared/i18n/time";
import { Icon } from "../../shared/ui/icons";
import { useStickToBottom } from "../../shared/ui/stick-to-bottom";
import { errorText, t } from "../locales/texts";
import type { Chat } from "../store/chat";
import type { DeskStore } from "../store/desk";
import { entriesOf, type Entry } from "../store/entries";
import { EventLine, MessageTurn, NoteCard, SendingTurn } from "./turns";

const SEPARATE_MS = 10 * 60_000;

/** Whether the time is worth a line of its own between two entries. */
const pauses = (before: Entry | undefined, entry: Entry): boolean =>
  !before || entry.at.getTime() - before.at.getTime() > SEPARATE_MS || daysBetween(before.at, entry.at) !== 0;

const EntryView = ({ entry, chat, desk }: { entry: Entry; chat: Chat; desk: DeskStore }) => {
  switch (entry.kind) {
    case "message":
      return <MessageTurn message={entry.message} chat={chat} desk={desk} />;
    case "event":
      return <EventLine event={entry.event} />;
    case "note":
      return <NoteCard note={entry.note} />;
    case "sending":
      return <SendingTurn item={entry.item} chat={chat} />;
  }
};

export const Transcript = ({ store, chat }: { store: DeskStore; chat: Chat }) => {
  const stick = useStickToBottom(chat);
  const fetching = useSignal(false);
  const { messages, events, notes, sending, more } = chat;
  const entries = useMemo(
    () => entriesOf(messages.value, events.value, notes.value, sending.value, more.value),
    [messages.value, events.value, notes.value, sending.value, more.value],
  );

  const seen = () => {
    if (document.visibilityState === "visible" && stick.atBottom.peek() && chat.loaded.peek())
      store.seen(chat);
  };
  useEffect(seen, [chat, messages.value, stick.atBottom.value, chat.loaded.value, chat.summary.value]);
  useEffect(() => {
    document.addEventListener("visibilitychange", seen);
    return () => document.removeEventListener("visibilitychange", seen);
  }, [chat]);
  // Whoever writes wants to see it.
  useEffect(() => {
    if (sending.value.length > 0) stick.toBottom();
  }, [sending.value.length]);

  const earlier = async () => {
    fetching.value = true;
    try {
      await chat.loadEarlier();
    } catch (error) {
      store.fail(error);
    } finally {
      fetching.value = false;
    }
  };

  return (
    <div class="transcript-frame">
      <div
        ref={stick.ref}
        class="transcript"
        role="log"
        aria-label={t.value.transcript}
        aria-live="polite"
        aria-busy={!chat.loaded.value}
        tabIndex={0}
      >
        <div>
          {chat.problem.value && (
            <p class="transcript-problem">
              {errorText(chat.problem.value)}
              <button type="button" class="link" onClick={() => void chat.load()}>
                {t.value.retry}
              </button>
            </p>
          )}
          {!chat.loaded.value && !chat.problem.value && <p class="moment">{t.value.loading}</p>}
          {more.value && (
            <button
              type="button"
              class="button small earlier"
              disabled={fetching.value}
              onClick={() => void earlier()}
            >
              {fetching.value ? t.value.loading : t.value.earlier}
            </button>
          )}
          {entries.map((entry, index) => (
            <div key={entry.key} class="entry" data-seq={entry.key}>
              {pauses(entries[index - 1], entry) && (
                <time class="moment" dateTime={entry.at.toISOString()}>
                  {friendlyTime(entry.at)}
                </time>
              )}
              <EntryView entry={entry} chat={chat} desk={store} />
            </div>
          ))}
          {chat.typing.value && <p class="typing-line">{t.value.typing}</p>}
        </div>
      </div>
      {!stick.atBottom.value && (
        <button type="button" class="pill" onClick={() => stick.toBottom(true)}>
          <Icon name="down" size={15} />
          {t.value.newBelow}
        </button>
      )}
    </div>
  );
};
