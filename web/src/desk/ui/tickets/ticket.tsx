import { useSignal } from "@preact/signals";
import { friendlyTime } from "../../../shared/i18n/time";
import { Icon } from "../../../shared/ui/icons";
import type { Ticket, TicketView } from "../../api/tickets";
import { errorText, t } from "../../locales/texts";
import { tt } from "../../locales/tickets";
import type { DeskStore } from "../../store/desk";
import type { TicketStore } from "../../store/tickets";
import { Vip } from "../badges";
import { Due, isOurs, StateTag, TicketNumber, TicketTopic } from "./badges";
import { Background } from "./background";
import { History } from "./history";
import { Writer } from "./writer";

const CopyNumber = ({ number }: { number: string }) => {
  const copied = useSignal(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(number);
      copied.value = true;
      setTimeout(() => (copied.value = false), 1_500);
    } catch {
      // Not allowed here: the number can still be selected.
    }
  };
  return (
    <button type="button" class="link" aria-label={tt.value.copy} onClick={() => void copy()}>
      {copied.value ? tt.value.copied : <Icon name="copy" size={14} />}
    </button>
  );
};

const Priority = ({ store, ticket }: { store: TicketStore; ticket: Ticket }) => (
  <select
    class={`tag urgency-${ticket.priority}`}
    aria-label={tt.value.priority}
    value={String(ticket.priority)}
    disabled={store.busy.value}
    onChange={(event) => void store.prioritise(ticket, Number(event.currentTarget.value))}
  >
    {tt.value.priorities.map((name, level) => (
      <option key={level} value={String(level)}>
        {name}
      </option>
    ))}
  </select>
);

/** Leads choose who works on it; agents see who does. */
const Assignee = ({ store, ticket }: { store: TicketStore; ticket: Ticket }) => {
  const colleagues = store.colleagues.value;
  if (!store.seesAll || colleagues.length === 0)
    return (
      <span>
        {tt.value.assignee} <b>{ticket.agent ? ticket.agent.name : tt.value.nobody}</b>
      </span>
    );
  return (
    <label>
      {tt.value.assignee}{" "}
      <select
        value={String(ticket.agent?.id ?? "")}
        disabled={store.busy.value}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          void store.assign(ticket, chosen === "" ? null : Number(chosen));
        }}
      >
        <option value="">{tt.value.nobody}</option>
        {colleagues.map((one) => (
          <option key={one.id} value={String(one.id)}>
            {one.name}
          </option>
        ))}
      </select>
    </label>
  );
};

const Actions = ({ store, ticket }: { store: TicketStore; ticket: Ticket }) => {
  const busy = store.busy.value;
  const done = ticket.state === "resolved" || ticket.state === "closed";
  return (
    <div class="head-actions">
      {!ticket.agent && ticket.state === "new" && (
        <button
          type="button"
          class="button small primary"
          disabled={busy}
          onClick={() => void store.change(ticket, "start")}
        >
          {tt.value.take}
        </button>
      )}
      {ticket.agent && (ticket.state === "new" || ticket.state === "waiting") && (
        <button
          type="button"
          class="button small primary"
          disabled={busy}
          onClick={() => void store.change(ticket, "start")}
        >
          {ticket.state === "new" ? tt.value.start : tt.value.goOn}
        </button>
      )}
      {isOurs(ticket) && ticket.state === "working" && (
        <button type="button" class="button small primary" onClick={() => store.write("resolve")}>
          {tt.value.resolve}
        </button>
      )}
      {done && (
        <button
          type="button"
          class="button small"
          disabled={busy}
          onClick={() => void store.change(ticket, "reopen")}
        >
          {tt.value.reopen}
        </button>
      )}
      {store.isMine(ticket) && !done && (
        <button
          type="button"
          class="button small"
          disabled={busy}
          onClick={() => void store.assign(ticket, null)}
        >
          {tt.value.giveBack}
        </button>
      )}
    </div>
  );
};

const Head = ({ store, ticket }: { store: TicketStore; ticket: Ticket }) => (
  <header class="head ticket-head">
    <button
      type="button"
      class="button plain icon-only head-back"
      aria-label={tt.value.back}
      onClick={() => store.close()}
    >
      <Icon name="back" />
    </button>
    <div class="head-who">
      <h2>
        <TicketNumber number={ticket.number} />
        <CopyNumber number={ticket.number} />
        <small>
          {ticket.player.name || ticket.player.id} <Vip level={ticket.player.vip} />
        </small>
      </h2>
      <p>
        <StateTag ticket={ticket} />
        <Priority store={store} ticket={ticket} />
        <TicketTopic ticket={ticket} />
        {ticket.promisedAt && isOurs(ticket) && (
          <span class="head-reason">{tt.value.due(friendlyTime(ticket.promisedAt))}</span>
        )}
        <Due ticket={ticket} />
        <span class="assignee">
          <Assignee store={store} ticket={ticket} />
        </span>
      </p>
    </div>
    <Actions store={store} ticket={ticket} />
  </header>
);

const Opened = ({ desk, store, view }: { desk: DeskStore; store: TicketStore; view: TicketView }) => {
  const { ticket } = view;
  return (
    <main class="conversation ticket" aria-label={ticket.number}>
      <Head store={store} ticket={ticket} />
      <div class="ticket-body" tabIndex={0} role="region" aria-label={`${tt.value.title} ${ticket.number}`}>
        {ticket.escalatedAt && isOurs(ticket) && !ticket.promisedAt && (
          <p class="ban" role="note">
            <Icon name="alert" size={16} />
            <span>{tt.value.escalatedHint}</span>
          </p>
        )}
        <section aria-labelledby="ticket-summary">
          <h3 id="ticket-summary">{tt.value.summary}</h3>
          <p class="ticket-summary">{ticket.summary}</p>
        </section>
        <History steps={ticket.history} />
        <Background desk={desk} store={store} view={view} />
      </div>
      <Writer key={ticket.number} store={store} ticket={ticket} />
    </main>
  );
};

/** The right side of the tickets' view. */
export const TicketPane = ({ desk, store }: { desk: DeskStore; store: TicketStore }) => {
  const view = store.view.value;
  const problem = store.problem.value;
  if (view && !problem) return <Opened desk={desk} store={store} view={view} />;
  return (
    <main class="conversation none">
      {problem ? (
        <p role="alert">
          {errorText(problem)}{" "}
          <button type="button" class="link" onClick={() => store.close()}>
            {tt.value.back}
          </button>
        </p>
      ) : store.number.value ? (
        <p>{t.value.loading}</p>
      ) : (
        <>
          <h2>{tt.value.noneTitle}</h2>
          <p>{tt.value.noneText}</p>
        </>
      )}
    </main>
  );
};
