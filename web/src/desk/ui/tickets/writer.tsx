import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { autogrow } from "../../../shared/ui/autogrow";
import { isSendKey } from "../../../shared/ui/keys";
import type { Ticket } from "../../api/tickets";
import { t } from "../../locales/texts";
import { tt } from "../../locales/tickets";
import type { TicketStore, Writing } from "../../store/tickets";

const MAX_TEXT = 2000;
const OPTIONAL: ReadonlySet<Writing> = new Set(["close", "promise"]);
export const SPANS = [1, 4, 12, 24, 72, 168] as const;

/** What can be written on a ticket in its state, besides a step and a note. */
export const changesOf = (ticket: Ticket): Writing[] => {
  switch (ticket.state) {
    case "new":
    case "working":
      return ["ask", "resolve", "promise", "close"];
    case "waiting":
      return ["resolve", "close"];
    case "resolved":
      return ["close"];
    case "closed":
      return [];
  }
};

interface SpansProps {
  /** Hours; null: the server decides, which `auto` names. */
  value: number | null;
  set: (hours: number | null) => void;
  auto?: string;
}

export const Spans = ({ value, set, auto }: SpansProps) => (
  <label class="spans">
    {tt.value.within}
    <select
      value={value === null ? "" : String(value)}
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        set(chosen === "" ? null : Number(chosen));
      }}
    >
      {auto !== undefined && <option value="">{auto}</option>}
      {SPANS.map((hours) => (
        <option key={hours} value={String(hours)}>
          {tt.value.spans[hours]}
        </option>
      ))}
    </select>
  </label>
);

/** The field at the foot of a ticket. What it does is written on it, and on its button. */
export const Writer = ({ store, ticket }: { store: TicketStore; ticket: Ticket }) => {
  const field = useRef<HTMLTextAreaElement>(null);
  const hours = useSignal<number>(24);
  const allowed: Writing[] = ["tell", "note", ...changesOf(ticket)];
  const wanted = store.writing.value;
  const writing = allowed.includes(wanted) ? wanted : "tell";
  const draft = store.draft.value;
  const over = Math.max(0, Array.from(draft).length - MAX_TEXT);
  const [name, placeholder, deed] = tt.value.writing[writing];
  const ready = over === 0 && !store.busy.value && (draft.trim() !== "" || OPTIONAL.has(writing));

  useLayoutEffect(() => {
    if (field.current) autogrow(field.current);
  }, [draft]);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) field.current?.focus();
    first.current = false;
  }, [writing]);

  const send = () => {
    if (!ready) return;
    store.write(writing);
    void store.send(hours.value);
  };

  return (
    <footer class={`composer ticket-writer writing-${writing}${writing === "note" ? " noting" : ""}`}>
      <div class="composer-modes" role="group" aria-label={name}>
        {allowed.map((mode) => (
          <button key={mode} type="button" aria-pressed={mode === writing} onClick={() => store.write(mode)}>
            {tt.value.writing[mode][0]}
          </button>
        ))}
        {over > 0 && (
          <span class="over" role="status">
            {t.value.tooLong(over)}
          </span>
        )}
      </div>
      {writing === "promise" && <Spans value={hours.value} set={(value) => (hours.value = value ?? 24)} />}
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
          aria-label={name}
          aria-invalid={over > 0}
          placeholder={placeholder}
          onInput={(event) => (store.draft.value = event.currentTarget.value)}
          onKeyDown={(event) => {
            if (!isSendKey(event) || writing === "close" || writing === "resolve") return;
            event.preventDefault(); // what ends a ticket takes the button
            send();
          }}
        />
        <button type="submit" class="button primary" disabled={!ready}>
          {deed}
        </button>
      </form>
    </footer>
  );
};
