import { list, record, text } from "../../../shared/check";
import { money } from "../../../shared/i18n/money";
import { ft } from "../../locales/facts";
import { mt } from "../../locales/minors";
import { t } from "../../locales/texts";
import { entityText } from "../entity-text";
import type { DeskStore } from "../../store/desk";
import { PictureView } from "../picture";

const factName = (name: string): string =>
  name.startsWith("try_")
    ? ft.value.tried(name.slice(4))
    : (t.value.entityNames[name] ?? ft.value.factNames[name] ?? mt.value.facts[name] ?? name);

/** A collected value in words: entities as elsewhere, yes and no, money, what belongs together with commas. */
export const factText = (name: string, value: unknown): string => {
  if (typeof value === "boolean") return value ? ft.value.yes : ft.value.no;
  if (typeof value === "number" && name.endsWith("_fen")) return money(value);
  if (name in t.value.entityNames) return entityText({ name, value });
  if (value === "picture") return ft.value.pictureSent;
  if (name === "grounds")
    return text(value)
      .split(", ")
      .map((ground) => ft.value.grounds[ground] ?? ground)
      .join("、");
  if (name === "client")
    return Object.entries(record(value))
      .map(([key, one]) => `${t.value.clientFacts[key] ?? key} ${text(one)}`)
      .join("，");
  if (name === "papers_missing")
    return list(value)
      .map((paper) => mt.value.papers[text(paper)] ?? text(paper))
      .join("、");
  if (Array.isArray(value)) return value.map((one) => factText("", one)).join("、");
  if (typeof value === "object" && value !== null)
    return Object.entries(value)
      .map(([key, one]) => `${factName(key)} ${factText(key, one)}`)
      .join("，");
  return text(value);
};

/** What the rules for minors come to: one line for each order, and the sum. */
const Calculation = ({ lines }: { lines: unknown[] }) => (
  <ol class="calculation">
    {lines.map((line, index) => (
      <li key={index}>{text(line)}</li>
    ))}
  </ol>
);

const PICTURE = { width: 160, height: 160 };

/** Where pictures come from: they are asked for by conversation. */
interface Source {
  desk: DeskStore;
  conversation: string | null;
  /** Whose the ticket is: pictures may be seen by who works on it. */
  owner?: string;
}

/** The papers that were sent, each with its name. */
const Papers = ({
  papers,
  desk,
  conversation,
  owner = "",
}: {
  papers: [string, unknown][];
  desk: DeskStore;
  conversation: string;
  owner?: string;
}) => (
  <ul class="papers">
    {papers.map(([name, id]) => (
      <li key={name}>
        <span>{mt.value.papers[name] ?? name}</span>
        <PictureView
          desk={desk}
          picture={{ id: text(id), ...PICTURE }}
          conversation={conversation}
          owner={owner}
        />
      </li>
    ))}
  </ul>
);

const Value = ({ name, value, desk, conversation, owner }: Source & { name: string; value: unknown }) => {
  const lines = list(record(value).lines);
  if (name === "calculation" && lines.length > 0) return <Calculation lines={lines} />;
  const papers = Object.entries(record(value));
  if (name === "papers" && conversation !== null && papers.length > 0)
    return <Papers papers={papers} desk={desk} conversation={conversation} owner={owner ?? ""} />;
  return <>{factText(name, value)}</>;
};

/** What is empty tells nothing. */
const shown = ([, value]: readonly [string, unknown]): boolean =>
  text(value) !== "" ||
  typeof value === "boolean" ||
  list(value).length > 0 ||
  Object.keys(record(value)).length > 0;

/** What needs the whole line: it has parts of its own, or many words. */
const isWide = (name: string, value: unknown): boolean =>
  name === "calculation" || name === "papers" || factText(name, value).length > 40;

/** What the bot collected for a ticket. */
export const Facts = ({
  facts,
  ...source
}: Source & { facts: readonly [name: string, value: unknown][] }) => (
  <dl class="facts">
    {facts.filter(shown).map(([name, value]) => (
      <div key={name} class={isWide(name, value) ? "wide" : ""}>
        <dt>{factName(name)}</dt>
        <dd>
          <Value name={name} value={value} {...source} />
        </dd>
      </div>
    ))}
  </dl>
);
