import type { ComponentChildren } from "preact";
import { Icon } from "../../shared/ui/icons";
import type { Summary } from "../api/types";
import { t } from "../locales/texts";
import type { DeskStore } from "../store/desk";
import { personName, Topic, Urgency, Vip, Waiting } from "./badges";

const speaker = (summary: Summary): string => {
  switch (summary.last?.from) {
    case "agent":
      return `${t.value.me}: `;
    case "bot":
      return `${t.value.bot}: `;
    default:
      return "";
  }
};

const lastWords = (summary: Summary): string => speaker(summary) + (summary.last?.text ?? "");

const Card = ({
  store,
  summary,
  words,
  children,
}: {
  store: DeskStore;
  summary: Summary;
  /** A line of what was said. */
  words: string;
  children: ComponentChildren;
}) => {
  const open = store.openId.value === summary.id;
  return (
    <li class={`card card-urgency-${summary.urgency}${open ? " open" : ""}`}>
      <button type="button" class="card-open" aria-current={open} onClick={() => store.open(summary)}>
        <span class="card-line">
          <b class="card-name">{personName(summary)}</b>
          <Vip level={summary.player.vip} />
          <span class="card-server">{summary.player.server}</span>
          {children}
        </span>
        <span class="card-line">
          <Urgency level={summary.urgency} />
          <Topic summary={summary} />
        </span>
        {words && <span class="card-last">{words}</span>}
      </button>
    </li>
  );
};

const QueueCard = ({ store, summary }: { store: DeskStore; summary: Summary }) => (
  <Card store={store} summary={summary} words={summary.said ?? lastWords(summary)}>
    {summary.queuedAt && <Waiting since={summary.queuedAt} say={t.value.waited} />}
  </Card>
);

const MyCard = ({ store, summary }: { store: DeskStore; summary: Summary }) => (
  <Card store={store} summary={summary} words={lastWords(summary)}>
    {summary.last?.from === "player" && <Waiting since={summary.last.at} say={t.value.answerDue} />}
    {summary.unread > 0 && (
      <span class="unread-badge" aria-label={t.value.unread(summary.unread)}>
        {summary.unread > 99 ? "99+" : summary.unread}
      </span>
    )}
  </Card>
);

export const Lists = ({ store }: { store: DeskStore }) => {
  const mine = store.mine.value;
  const queue = store.queue.value;
  const next = queue[0];
  return (
    <nav class="lists" aria-label={t.value.lists}>
      <section class="list list-mine" aria-labelledby="mine-title">
        <h2 id="mine-title">
          {t.value.mine} <span class="number">{mine.length}</span>
        </h2>
        {mine.length === 0 && <p class="list-empty">{t.value.mineEmpty}</p>}
        <ul>
          {mine.map((summary) => (
            <MyCard key={summary.id} store={store} summary={summary} />
          ))}
        </ul>
      </section>
      <section class="list list-queue" aria-labelledby="queue-title">
        <h2 id="queue-title">
          {t.value.queue} <span class="number">{queue.length}</span>
          {next && (
            <button
              type="button"
              class="button primary small"
              disabled={store.busy.value !== null}
              onClick={() => void store.change(next.id, "claim")}
            >
              <Icon name="bolt" size={15} />
              {t.value.takeNext}
            </button>
          )}
        </h2>
        <p class="hidden" role="status">
          {t.value.queueNow(queue.length)}
        </p>
        {queue.length === 0 && <p class="list-empty">{t.value.queueEmpty}</p>}
        <ul>
          {queue.map((summary) => (
            <QueueCard key={summary.id} store={store} summary={summary} />
          ))}
        </ul>
      </section>
    </nav>
  );
};
