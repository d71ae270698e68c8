import { useEffect } from "preact/hooks";
import { count, money } from "../../../shared/i18n/money";
import { recordTime } from "../../../shared/i18n/time";
import type { Facts, PendingRefund } from "../../api/refunds";
import { rt } from "../../locales/refunds";
import { t } from "../../locales/texts";
import type { RefundStore } from "../../store/refunds";
import { Vip } from "../badges";

const known = (value: number | null): string => (value === null ? rt.value.unknown : count(value));
const flag = (value: boolean): string => (value ? rt.value.yes : rt.value.no);
const roleName = (role: string): string => rt.value.roles[role] ?? role;
/** At this score people look twice; the rules of the policy decide what it means. */
const WARM = 25;
const HOT = 45;

const rows = (facts: Facts, currency: string): [name: string, value: string, odd: boolean][] => {
  const names = rt.value.facts;
  return [
    [names.paidAt, facts.paidAt ? recordTime(facts.paidAt) : rt.value.unknown, false],
    [names.amount, money(facts.amountFen, currency), false],
    [names.channel, t.value.channels[facts.channel] ?? facts.channel, false],
    [names.currency, `${count(facts.granted)} / ${count(facts.consumed)}`, facts.consumed > 0],
    [names.balance, known(facts.balance), false],
    [names.refunds, count(facts.earlierRefunds), facts.earlierRefunds > 1],
    [names.registered, facts.registeredAt ? recordTime(facts.registeredAt) : rt.value.unknown, false],
    [names.vip, String(facts.vip), false],
    [names.age, facts.age === null ? rt.value.unknown : String(facts.age), false],
    [names.device, known(facts.accountsOnDevice), (facts.accountsOnDevice ?? 0) > 3],
    [names.payer, known(facts.accountsOfPayer), (facts.accountsOfPayer ?? 0) > 2],
    [names.twice, flag(facts.doubleCharge), false],
    [names.refused, flag(facts.refusedBefore), facts.refusedBefore],
  ];
};

const Why = ({ refund }: { refund: PendingRefund }) => (
  <div class="refund-why">
    <h3>{rt.value.why}</h3>
    <ul class="refund-rules">
      {refund.rules.map((rule) => (
        <li key={rule} title={rule}>
          {rt.value.rules[rule] ?? rule}
        </li>
      ))}
    </ul>
    <p class={`refund-risk${refund.risk >= HOT ? " hot" : refund.risk >= WARM ? " warm" : ""}`}>
      {rt.value.risk} <b>{refund.risk}</b>
      <span class="refund-meter" aria-hidden="true">
        <span style={{ width: `${Math.min(100, refund.risk)}%` }} />
      </span>
      <small>{rt.value.policy(refund.policy)}</small>
    </p>
  </div>
);

const Votes = ({ refund }: { refund: PendingRefund }) => (
  <p class="refund-votes">
    {refund.votes.map((vote) => (
      <span key={vote.agent} class="refund-vote" title={vote.reason}>
        ✓ {rt.value.approvedBy(vote.agent, roleName(vote.role))}
        {vote.reason && ` “${vote.reason}”`}
      </span>
    ))}
    <span>{rt.value.needs(refund.openApprovals.map(roleName).join(rt.value.separator))}</span>
  </p>
);

const Decide = ({ store, refund }: { store: RefundStore; refund: PendingRefund }) => {
  const reason = store.reasons.value.get(refund.id) ?? "";
  const waits = store.busy.value !== null;
  if (!refund.mayReject) return <p class="refund-hint">{rt.value.otherPerson}</p>;
  return (
    <form class="refund-decide" onSubmit={(event) => event.preventDefault()}>
      <input
        value={reason}
        maxLength={2000}
        aria-label={rt.value.reason}
        placeholder={rt.value.reason}
        onInput={(event) => store.write(refund.id, event.currentTarget.value)}
      />
      <button
        type="button"
        class="button"
        disabled={waits || !reason.trim()}
        title={reason.trim() ? "" : rt.value.reasonNeeded}
        onClick={() => void store.decide(refund, "reject")}
      >
        {rt.value.reject}
      </button>
      <button
        type="button"
        class="button primary"
        disabled={waits || !refund.mayApprove}
        title={refund.mayApprove ? "" : rt.value.otherRole}
        onClick={() => void store.decide(refund, "approve")}
      >
        {rt.value.approve}
      </button>
    </form>
  );
};

interface CardProps {
  store: RefundStore;
  refund: PendingRefund;
  openTicket: (number: string) => void;
}

const Card = ({ store, refund, openTicket }: CardProps) => {
  const { player, facts, currency } = refund;
  const part = refund.amountFen < facts.amountFen;
  return (
    <li class="refund-card">
      <header>
        <b class="refund-amount">{money(refund.amountFen, currency)}</b>
        <span class="refund-who">
          <b>{player.name || player.id}</b> <Vip level={player.vip} /> <span>{player.server}</span>
        </span>
        {refund.promisedAt && (
          <span class="refund-due">{rt.value.promised(recordTime(refund.promisedAt))}</span>
        )}
      </header>
      <p class="refund-line">
        {rt.value.order(refund.orderNo)}
        {refund.ticket && (
          <>
            {" · "}
            <button type="button" class="link" onClick={() => openTicket(refund.ticket ?? "")}>
              {rt.value.ticket(refund.ticket)}
            </button>
          </>
        )}
        {` · ${rt.value.takesBack(count(refund.units))}`}
        {part && ` · ${rt.value.part(money(facts.amountFen, currency))}`}
      </p>
      <div class="refund-body">
        <Why refund={refund} />
        <dl class="refund-facts">
          {rows(facts, currency).map(([name, value, odd]) => (
            <div key={name} class={odd ? "odd" : ""}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </div>
      <Votes refund={refund} />
      <Decide store={store} refund={refund} />
    </li>
  );
};

const doneText = ({ orderNo, state }: { orderNo: string; state: string }): string => {
  const texts = rt.value.done;
  if (state === "executed" || state === "awaiting" || state === "rejected") return texts[state](orderNo);
  return texts.other(orderNo);
};

/** Refunds that the rules leave to people. */
export const RefundsView = ({ store, openTicket }: Omit<CardProps, "refund">) => {
  useEffect(() => void store.load(), [store]);
  const pending = store.pending.value;
  return (
    <main class="refunds-view" aria-labelledby="refunds-title">
      <h2 id="refunds-title">
        {rt.value.title} <span class="number">{pending.length}</span>
      </h2>
      <p class="refund-done" role="status">
        {store.done.value && doneText(store.done.value)}
      </p>
      {store.loaded.value && pending.length === 0 && (
        <div class="refund-empty">
          <p>{rt.value.empty}</p>
          <small>{rt.value.emptyHint}</small>
        </div>
      )}
      <ul>
        {pending.map((refund) => (
          <Card key={refund.id} store={store} refund={refund} openTicket={openTicket} />
        ))}
      </ul>
    </main>
  );
};
