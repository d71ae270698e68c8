import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { autogrow } from "../../shared/ui/autogrow";
import { isSendKey } from "../../shared/ui/keys";
import { t } from "../locales/texts";
import type { Chat } from "../store/chat";
import type { DeskStore } from "../store/desk";

const MAX_TEXT = 2000;

export const Composer = ({ store, chat }: { store: DeskStore; chat: Chat }) => {
  const field = useRef<HTMLTextAreaElement>(null);
  const noting = chat.noting.value;
  const draft = chat.draft.value;
  const over = draft.length <= MAX_TEXT ? 0 : Math.max(0, Array.from(draft).length - MAX_TEXT);

  useLayoutEffect(() => {
    if (field.current) autogrow(field.current);
  }, [draft]);
  useEffect(() => field.current?.focus(), [chat]);

  const send = () => {
    const said = draft.trim();
    if (said === "" || over > 0) return;
    chat.draft.value = "";
    field.current?.focus();
    if (!noting) chat.say(said);
    else
      chat.note(said).catch((error: unknown) => {
        if (chat.draft.peek() === "") chat.draft.value = said; // nothing written is lost
        store.fail(error);
      });
  };

  const mode = (value: boolean) => {
    chat.noting.value = value;
    field.current?.focus();
  };

  return (
    <footer class={`composer${noting ? " noting" : ""}`}>
      <div class="composer-modes" role="group">
        <button type="button" aria-pressed={!noting} onClick={() => mode(false)}>
          {t.value.reply}
        </button>
        <button type="button" aria-pressed={noting} onClick={() => mode(true)}>
          {t.value.note}
        </button>
        {over > 0 && (
          <span class="over" role="status">
            {t.value.tooLong(over)}
          </span>
        )}
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <textarea
          ref={field}
          rows={2}
          value={draft}
          aria-label={noting ? t.value.note : t.value.reply}
          aria-invalid={over > 0}
          placeholder={noting ? t.value.notePlaceholder : t.value.replyPlaceholder}
          onInput={(event) => {
            chat.draft.value = event.currentTarget.value;
            if (!noting) store.sayTyping(chat.id);
          }}
          onKeyDown={(event) => {
            if (!isSendKey(event)) return;
            event.preventDefault();
            send();
          }}
        />
        <button type="submit" class="button primary" disabled={draft.trim() === "" || over > 0}>
          {noting ? t.value.saveNote : t.value.send}
        </button>
      </form>
    </footer>
  );
};
