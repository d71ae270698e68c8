import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { friendlyTime } from "../../shared/i18n/time";
import { Icon } from "../../shared/ui/icons";
import { useStickToBottom } from "../../shared/ui/stick-to-bottom";
import { t } from "../locales/texts";
import type { ChatSession } from "../protocol/session";
import { MessageBubble, OutgoingBubble, TypingBubble } from "./bubbles";
import { UploadBubble } from "./pictures";
import { firstUnread, rowsOf } from "./rows";
import { Welcome } from "./welcome";

/** How many messages are in the page at once; a tap brings more. */
const WINDOW = 150;

/** Whether the page is in front of the player. */
const visible = () => document.visibilityState === "visible";

export const Log = ({ session }: { session: ChatSession }) => {
  const messages = session.messages.value;
  const outgoing = session.outgoing.value;
  const uploads = session.pictures.uploads.value;
  const typing = session.typing.value;
  const shown = useSignal(WINDOW);
  const unreadFrom = useSignal<number | null>(null);
  const seenSeq = useRef(0);
  const newBelow = useSignal(0);
  const lastSeq = messages[messages.length - 1]?.seq ?? 0;

  const rows = useMemo(() => {
    const recent = messages.slice(-shown.value);
    const state = session.ownership.value.state;
    return rowsOf({ messages: recent, outgoing, uploads, state, unreadFrom: unreadFrom.value });
  }, [messages, outgoing, uploads, session.ownership.value.state, unreadFrom.value, shown.value]);
  const stick = useStickToBottom(session);

  const markRead = () => {
    const seq = session.messages.peek()[session.messages.peek().length - 1]?.seq ?? 0;
    if (!visible() || !stick.atBottom.peek() || !session.caughtUp.peek()) return;
    seenSeq.current = seq;
    newBelow.value = 0;
    session.read(seq);
  };

  // The marker: once at the start, and whenever something comes while the page is out of sight.
  useEffect(() => {
    if (!session.caughtUp.value) return;
    const openedAt = session.openedAt.peek() ?? 0;
    unreadFrom.value = firstUnread(session.messages.peek(), openedAt, session.unreadAtStart.peek());
    seenSeq.current = Math.max(seenSeq.current, lastSeq);
  }, [session.caughtUp.value]);

  useEffect(() => {
    if (!session.caughtUp.peek()) return;
    const fresh = messages.filter((m) => m.seq > seenSeq.current && m.from !== "player");
    if (!visible() && fresh[0] && (unreadFrom.peek() ?? 0) <= seenSeq.current)
      unreadFrom.value = fresh[0].seq;
    newBelow.value = fresh.length;
    markRead();
    if (!visible() && newBelow.peek() > 0) document.title = `(${newBelow.peek()}) ${t.peek().title}`;
  }, [messages, session.caughtUp.value]);

  useEffect(() => {
    if (stick.atBottom.value) markRead();
  }, [stick.atBottom.value, session.link.value]);

  useEffect(() => {
    const onVisible = () => {
      document.title = t.peek().title;
      markRead();
    };
    document.addEventListener("visibilitychange", onVisible);
    return () => document.removeEventListener("visibilitychange", onVisible);
  }, [session]);

  // Whoever writes wants to see what he wrote, and has seen what was new.
  const written = outgoing.length + uploads.length;
  const before = useRef(written);
  useEffect(() => {
    if (written > before.current) {
      unreadFrom.value = null;
      stick.toBottom();
    }
    before.current = written;
  }, [written]);

  const empty = session.caughtUp.value && rows.length === 0;
  return (
    <main class="log-frame">
      <div
        ref={stick.ref}
        class="log"
        role="log"
        aria-label={t.value.log}
        aria-live="polite"
        aria-busy={!session.caughtUp.value}
        tabIndex={0}
      >
        <div>
          {!session.caughtUp.value && session.openedAt.value !== null && (
            <p class="aside">{t.value.loading}</p>
          )}
          {messages.length > shown.value && (
            <button type="button" class="quiet" onClick={() => (shown.value += WINDOW)}>
              {t.value.earlier}
            </button>
          )}
          {empty && <Welcome session={session} />}
          {rows.map((row) => {
            switch (row.kind) {
              case "time":
                return (
                  <time key={row.key} class="aside" dateTime={row.at.toISOString()}>
                    {friendlyTime(row.at)}
                  </time>
                );
              case "unread":
                return (
                  <p key={row.key} class="unread">
                    <span>{t.value.unread}</span>
                  </p>
                );
              case "message":
                return <MessageBubble key={row.key} row={row} session={session} />;
              case "outgoing":
                return <OutgoingBubble key={row.key} row={row} session={session} />;
              case "upload":
                return <UploadBubble key={row.key} item={row.item} first={row.first} session={session} />;
            }
          })}
          {typing && <TypingBubble from={typing} />}
        </div>
      </div>
      {!stick.atBottom.value && (
        <button type="button" class="pill" onClick={() => stick.toBottom(true)}>
          <Icon name="down" size={16} />
          {newBelow.value > 0 ? t.value.newMessages(newBelow.value) : t.value.toBottom}
        </button>
      )}
    </main>
  );
};
