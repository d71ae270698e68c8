import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { count, money } from "../../shared/i18n/money";
import { recordTime } from "../../shared/i18n/time";
import { Icon } from "../../shared/ui/icons";
import type { PlayerRecord, Profile, Recharge } from "../api/types";
import { errorText, t } from "../locales/texts";
import type { Chat } from "../store/chat";
import { Vip } from "./badges";

/** What is delivered so soon after the payment came at once. */
const AT_ONCE_MS = 60_000;

const unitName = (unit: string): string => t.value.units[unit] ?? unit;

const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

const ProfileView = ({ profile }: { profile: Profile }) => (
  <section class="profile">
    <h3>
      {profile.role || profile.name} <Vip level={profile.vip} />
    </h3>
    {profile.banReason && (
      <p class="ban" role="note">
        <Icon name="alert" size={16} />
        <span>
          <b>{t.value.banned}</b>
          {profile.banUntil && ` ${t.value.bannedUntil(recordTime(profile.banUntil))}`}
          <br />
          {profile.banReason}
        </span>
      </p>
    )}
    {profile.frozenAt && (
      <p class="ban frozen" role="note">
        <Icon name="lock" size={16} />
        <span>
          <b>{t.value.frozen}</b>
          <br />
          {t.value.frozenSince(recordTime(profile.frozenAt))}
        </span>
      </p>
    )}
    <dl class="wallet" aria-label={t.value.wallet}>
      {profile.wallet.map(([unit, amount]) => (
        <Fact key={unit} name={unitName(unit)}>
          {count(amount)}
        </Fact>
      ))}
      <Fact name={t.value.spent}>{money(profile.spentFen)}</Fact>
    </dl>
    <dl class="facts">
      <Fact name={t.value.account}>
        {profile.name} <small>{profile.id}</small>
      </Fact>
      <Fact name={t.value.level}>
        {profile.level} <small>{profile.server}</small>
      </Fact>
      <Fact name={t.value.age}>
        {profile.age ?? t.value.ageUnknown}
        {profile.age !== null && profile.age < 18 && <span class="tag minor">{t.value.minor}</span>}
      </Fact>
      {profile.registeredAt && (
        <Fact name={t.value.registered}>{recordTime(profile.registeredAt).slice(0, 10)}</Fact>
      )}
    </dl>
  </section>
);

const use = ({ granted, consumed, unit, status }: Recharge): string => {
  if (granted === 0 || status !== "delivered") return "";
  return consumed > 0
    ? t.value.used(count(consumed), count(granted), unitName(unit))
    : t.value.notUsed(count(granted), unitName(unit));
};

/** When it came, where the player had to wait for it. */
const delivery = ({ paidAt, deliveredAt }: Recharge): string =>
  paidAt && deliveredAt && deliveredAt.getTime() - paidAt.getTime() > AT_ONCE_MS
    ? `${t.value.deliveredAt} ${recordTime(deliveredAt)}`
    : "";

const OrderNumber = ({ order }: { order: string }) => {
  const copied = useSignal(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(order);
      copied.value = true;
      setTimeout(() => (copied.value = false), 1_500);
    } catch {
      // Not allowed here: the number can still be selected.
    }
  };
  return (
    <span class="order">
      <code>{order}</code>
      <button type="button" class="link" aria-label={`${t.value.copy} ${order}`} onClick={() => void copy()}>
        {copied.value ? t.value.copied : <Icon name="copy" size={14} />}
      </button>
    </span>
  );
};

const Recharges = ({ recharges }: { recharges: Recharge[] }) => (
  <section>
    <h3>{t.value.recharges}</h3>
    {recharges.length === 0 && <p class="list-empty">{t.value.noRecharges}</p>}
    {recharges.length > 0 && (
      <table class="recharges">
        <thead>
          <tr>
            <th scope="col">{t.value.product}</th>
            <th scope="col" class="amount">
              {t.value.amount}
            </th>
            <th scope="col">{t.value.status}</th>
          </tr>
        </thead>
        {recharges.map((order) => (
          <tbody key={order.orderNo}>
            <tr>
              <td>{order.product}</td>
              <td class="amount">{money(order.amountFen, order.currency)}</td>
              <td>
                <span class={`tag order-${order.status}`}>
                  {t.value.statuses[order.status] ?? order.status}
                </span>
              </td>
            </tr>
            <tr class="recharge-more">
              <td colSpan={3}>
                {[
                  order.paidAt ? recordTime(order.paidAt) : "",
                  t.value.channels[order.channel] ?? order.channel,
                  delivery(order),
                  use(order),
                  order.refundedAt ? `${t.value.refundedAt} ${recordTime(order.refundedAt)}` : "",
                ]
                  .filter(Boolean)
                  .join(" · ")}
                <OrderNumber order={order.orderNo} />
              </td>
            </tr>
          </tbody>
        ))}
      </table>
    )}
  </section>
);

export const RecordView = ({ record }: { record: PlayerRecord }) => (
  <>
    <ProfileView profile={record.profile} />
    <Recharges recharges={record.recharges} />
  </>
);

const ClientView = ({ context }: { context: Chat["context"]["value"] }) => (
  <section>
    <h3>{t.value.client}</h3>
    <p class="claimed">{t.value.clientClaims}</p>
    <dl class="facts">
      {context.map(([name, value]) => (
        <Fact key={name} name={t.value.clientFacts[name] ?? name}>
          {value}
        </Fact>
      ))}
    </dl>
  </section>
);

export interface PlayerPanelProps {
  chat: Chat;
  close: () => void;
  /** What stands above the record. */
  children?: ComponentChildren;
}

export const PlayerPanel = ({ chat, close, children }: PlayerPanelProps) => (
  <aside class="player" aria-label={t.value.player}>
    <header class="player-head">
      <h2>{t.value.player}</h2>
      <button
        type="button"
        class="button plain icon-only"
        title={t.value.refresh}
        aria-label={t.value.refresh}
        onClick={() => void chat.loadPlayer()}
      >
        <Icon name="retry" size={17} />
      </button>
      <button
        type="button"
        class="button plain icon-only player-close"
        aria-label={t.value.dismiss}
        onClick={close}
      >
        <Icon name="close" size={18} />
      </button>
    </header>
    {children}
    {chat.playerProblem.value && (
      <p class="player-problem" role="alert">
        {chat.playerProblem.value.code === "game_unavailable"
          ? t.value.playerUnavailable
          : errorText(chat.playerProblem.value)}
        <button type="button" class="link" onClick={() => void chat.loadPlayer()}>
          {t.value.retry}
        </button>
      </p>
    )}
    {chat.player.value ? (
      <RecordView record={chat.player.value} />
    ) : (
      !chat.playerProblem.value && <p class="list-empty">{t.value.loading}</p>
    )}
    {chat.context.value.length > 0 && <ClientView context={chat.context.value} />}
  </aside>
);
