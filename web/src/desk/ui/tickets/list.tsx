import { useEffect, useRef } from "preact/hooks";
import { BOXES, TICKET_STATES, type Ticket } from "../../api/tickets";
import { t } from "../../locales/texts";
import { tt } from "../../locales/tickets";
import type { TicketStore } from "../../store/tickets";
import { Urgency, Vip } from "../badges";
import { Due, StateTag, TicketNumber, TicketTopic } from "./badges";

const Boxes = ({ store }: { store: TicketStore }) => (
  <div class="boxes" role="group" aria-label={tt.value.title}>
    {BOXES.map((box) => {
      const count = store.counts.value[box];
      const alarm = box === "overdue" && (count ?? 0) > 0;
      return (
        <button
          key={box}
          type="button"
          class={`box${alarm ? " alarm" : ""}`}
          aria-pressed={store.box.value === box && !store.filter.value.words.trim()}
          onClick={() => {
            if (store.filter.peek().words) store.narrow({ words: "" });
            store.choose(box);
          }}
        >
          {tt.value.boxes[box]}
          {count !== undefined && <span class="number">{count}</span>}
        </button>
      );
    })}
  </div>
);

interface SelectProps {
  label: string;
  value: string;
  options: readonly (readonly [value: string, name: string])[];
  set: (value: string) => void;
}

const Select = ({ label, value, options, set }: SelectProps) => (
  <select aria-label={label} value={value} onChange={(event) => set(event.currentTarget.value)}>
    <option value="">{label}</option>
    {options.map(([option, name]) => (
      <option key={option} value={option}>
        {name}
      </option>
    ))}
  </select>
);

const Filters = ({ store }: { store: TicketStore }) => {
  const { words, category, priority, state } = store.filter.value;
  return (
    <form
      class="filters"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        void store.load();
      }}
    >
      <input
        type="search"
        value={words}
        maxLength={100}
        aria-label={tt.value.search}
        placeholder={tt.value.searchPlaceholder}
        onInput={(event) => store.narrow({ words: event.currentTarget.value })}
      />
      <Select
        label={tt.value.anyCategory}
        value={category}
        options={Object.entries(t.value.categories)}
        set={(value) => store.narrow({ category: value })}
      />
      <Select
        label={tt.value.anyPriority}
        value={priority}
        options={tt.value.priorities.map((name, level) => [String(level), name] as const)}
        set={(value) => store.narrow({ priority: value })}
      />
      <Select
        label={tt.value.anyState}
        value={state}
        options={TICKET_STATES.map((name) => [name, tt.value.states[name]] as const)}
        set={(value) => store.narrow({ state: value })}
      />
    </form>
  );
};

const TicketCard = ({ store, ticket }: { store: TicketStore; ticket: Ticket }) => {
  const open = store.number.value === ticket.number;
  return (
    <li class={`card card-urgency-${ticket.priority}${open ? " open" : ""}`}>
      <button
        type="button"
        class="card-open"
        aria-current={open}
        onClick={() => void store.open(ticket.number)}
      >
        <span class="card-line">
          <TicketNumber number={ticket.number} />
          <StateTag ticket={ticket} />
          {ticket.news && <span class="tag news">{tt.value.news}</span>}
          <Due ticket={ticket} />
        </span>
        <span class="card-line">
          <Urgency level={ticket.priority} />
          <TicketTopic ticket={ticket} />
          <span class="card-server">
            {ticket.player.name || ticket.player.id} <Vip level={ticket.player.vip} />
          </span>
        </span>
        <span class="card-last">
          {ticket.summary}
          {ticket.agent && !store.isMine(ticket) && <span class="card-agent"> · {ticket.agent.name}</span>}
        </span>
      </button>
    </li>
  );
};

/** Arrow keys go through the cards, as in any list. */
const onArrow = (event: KeyboardEvent): void => {
  if (event.altKey || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
  const cards = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>(".card-open")];
  const at = cards.indexOf(document.activeElement as HTMLElement);
  const next = cards[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
};

export const TicketList = ({ store }: { store: TicketStore }) => {
  const page = store.page.value;
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => void store.load(), [store]);
  useEffect(() => {
    if (list.current) list.current.scrollTop = 0;
  }, [store.box.value]);
  const tickets = page?.tickets ?? [];
  const waiting = store.loading.value && tickets.length === 0;
  const searching = store.filter.value.words.trim() !== "";
  return (
    <nav class="lists ticket-list" aria-label={tt.value.title}>
      <Boxes store={store} />
      <Filters store={store} />
      <p class="ticket-count" role="status">
        {page && !waiting ? tt.value.found(page.total) : t.value.loading}
      </p>
      {page && tickets.length === 0 && !waiting && (
        <p class="list-empty">{tt.value.empty[searching ? "all" : store.box.value]}</p>
      )}
      <ul ref={list} onKeyDown={onArrow} aria-busy={store.loading.value}>
        {tickets.map((ticket) => (
          <TicketCard key={ticket.number} store={store} ticket={ticket} />
        ))}
        {page && tickets.length < page.total && (
          <li>
            <button
              type="button"
              class="button small more"
              disabled={store.loading.value}
              onClick={() => void store.load(true)}
            >
              {tt.value.more}
            </button>
          </li>
        )}
      </ul>
    </nav>
  );
};
