import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { autogrow } from "../../shared/ui/autogrow";
import { Icon } from "../../shared/ui/icons";
import { isSendKey } from "../../shared/ui/keys";
import { t } from "../locales/texts";
import type { ChatSession } from "../protocol/session";
import { KINDS } from "../protocol/pictures";
import { Tray, type Chosen } from "./pictures";
import { askHuman, suggestions } from "./quick";

const MAX_TEXT = 2000;
/** The counter appears when so few characters are left. */
const COUNT_FROM = 200;
/** Pictures that are sent at once. */
const MAX_PICTURES = 9;

/** Length as the server counts it: in characters, not in UTF-16 units. */
const lengthOf = (text: string): number => Array.from(text).length;

export const Composer = ({ session }: { session: ChatSession }) => {
  const draft = useSignal("");
  const menu = useSignal(false);
  const chosen = useSignal<readonly Chosen[]>([]);
  const files = useRef<HTMLInputElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const length = draft.value.length < MAX_TEXT - COUNT_FROM ? draft.value.length : lengthOf(draft.value);
  const over = length - MAX_TEXT;
  const state = session.ownership.value.state;

  useLayoutEffect(() => {
    if (field.current) autogrow(field.current);
  }, [draft.value]);

  const choose = (list: FileList | null | undefined) => {
    const pictures = Array.from(list ?? []).filter((file) => file.type.startsWith("image/"));
    chosen.value = [
      ...chosen.value,
      ...pictures.map((file) => ({ file, url: URL.createObjectURL(file) })),
    ].slice(0, MAX_PICTURES);
    menu.value = false;
    return pictures.length > 0;
  };

  const send = () => {
    const text = draft.value.trim();
    if ((text === "" && chosen.value.length === 0) || lengthOf(text) > MAX_TEXT) return;
    for (const { file } of chosen.value) session.pictures.add(file);
    chosen.value = [];
    if (text !== "") session.send(text);
    draft.value = "";
    field.current?.focus();
  };

  return (
    <footer class="composer">
      {menu.value && <Menu session={session} close={() => (menu.value = false)} />}
      <Tray chosen={chosen} />
      <form
        class="composer-row"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <button
          type="button"
          class={`round${menu.value ? " open" : ""}`}
          aria-label={t.value.menu}
          aria-expanded={menu.value}
          onClick={() => (menu.value = !menu.value)}
        >
          <Icon name="menu" size={22} />
        </button>
        <input
          ref={files}
          type="file"
          hidden
          accept={KINDS.join(",")}
          multiple
          onChange={(event) => {
            choose(event.currentTarget.files);
            event.currentTarget.value = "";
          }}
        />
        <button
          type="button"
          class="round"
          aria-label={t.value.sendPicture}
          onClick={() => files.current?.click()}
        >
          <Icon name="picture" size={22} />
        </button>
        <div class="field">
          <textarea
            ref={field}
            rows={1}
            value={draft.value}
            aria-label={t.value.message}
            aria-describedby="composer-count"
            aria-invalid={over > 0}
            placeholder={state === "queued" ? t.value.placeholderQueued : t.value.placeholder}
            enterkeyhint="send"
            autoComplete="off"
            onInput={(event) => {
              draft.value = event.currentTarget.value;
              session.sayTyping();
            }}
            onFocus={() => (menu.value = false)}
            onPaste={(event) => {
              if (choose(event.clipboardData?.files)) event.preventDefault();
            }}
            onKeyDown={(event) => {
              if (!isSendKey(event)) return;
              event.preventDefault();
              send();
            }}
          />
          <p id="composer-count" class={over > 0 ? "count over" : "count"} role="status">
            {over > 0 ? t.value.tooLong(over) : over > -COUNT_FROM ? t.value.left(-over) : ""}
          </p>
        </div>
        <button
          type="submit"
          class="round primary"
          aria-label={t.value.send}
          disabled={(draft.value.trim() === "" && chosen.value.length === 0) || over > 0}
        >
          <Icon name="send" size={20} />
        </button>
      </form>
    </footer>
  );
};

const Menu = ({ session, close }: { session: ChatSession; close: () => void }) => {
  const box = useRef<HTMLDivElement>(null);
  const state = session.ownership.value.state;
  useEffect(() => box.current?.querySelector("button")?.focus(), []);
  const pick = (act: () => void) => () => {
    act();
    close();
  };
  return (
    <div
      ref={box}
      class="menu"
      role="group"
      aria-label={t.value.menu}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
    >
      {(state === "bot" || state === "closed") && (
        <button type="button" class="choice strong" onClick={pick(() => askHuman(session))}>
          <Icon name="headset" size={16} />
          {t.value.human}
        </button>
      )}
      {suggestions().map((text) => (
        <button key={text} type="button" class="choice" onClick={pick(() => session.send(text))}>
          {text}
        </button>
      ))}
    </div>
  );
};
