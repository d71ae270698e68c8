import { stopwatch } from "../../shared/i18n/time";
import type { Summary } from "../api/types";
import { intentName } from "../locales/intents";
import { t } from "../locales/texts";
import { now } from "./clock";

export const Urgency = ({ level }: { level: number }) => (
  <span class={`tag urgency urgency-${level}`}>{t.value.urgency[level]}</span>
);

/** Category and intent as one line: what it is about. */
export const Topic = ({ summary }: { summary: Summary }) => (
  <span class={`topic topic-${summary.category}`}>
    <b>{t.value.categories[summary.category]}</b>
    {summary.intent && <span>{intentName(summary.intent)}</span>}
  </span>
);

export const Vip = ({ level }: { level: number }) =>
  level > 0 ? <span class={level >= 6 ? "tag vip vip-high" : "tag vip"}>{t.value.vip(level)}</span> : null;

/** How long something has been waiting; it warms with the minutes. */
export const Waiting = ({ since, say }: { since: Date; say: (time: string) => string }) => {
  const waited = now.value - since.getTime();
  const heat = waited > 15 * 60_000 ? "hot" : waited > 5 * 60_000 ? "warm" : "";
  return <span class={`waiting ${heat}`}>{say(stopwatch(waited))}</span>;
};

/** What to call a player: the role first, it is what he calls himself in the game. */
export const personName = (summary: Summary): string =>
  summary.player.role || summary.player.name || summary.player.id;
