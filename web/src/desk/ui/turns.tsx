import { money } from "../../shared/i18n/money";
import { clockTime } from "../../shared/i18n/time";
import { text } from "../../shared/check";
import { Icon } from "../../shared/ui/icons";
import type { Happening, Message, Note, Reading } from "../api/types";
import { intentName } from "../locales/intents";
import { errorText, t } from "../locales/texts";
import { tt } from "../locales/tickets";
import type { Chat, Sending } from "../store/chat";
import type { DeskStore } from "../store/desk";
import { personName } from "./badges";
import { entityText } from "./entity-text";
import { PictureView } from "./picture";

const percent = (confidence: number): string => `${Math.round(confidence * 100)}%`;

const authorName = (message: Message, chat: Chat): string => {
  switch (message.from) {
    case "player":
      return personName(chat.summary.value);
    case "bot":
      return t.value.bot;
    case "agent":
      return message.name || t.value.me;
    case "system":
      return t.value.system;
  }
};

/** How the bot understood a message: one line, more on demand. */
const ReadingView = ({ reading }: { reading: Reading }) => {
  const doubt = reading.confidence < 0.6;
  return (
    <details class={`reading${doubt ? " doubt" : ""}`}>
      <summary>
        <span class="hidden">{t.value.reading}</span>
        {intentName(reading.intent)} <b>{percent(reading.confidence)}</b>
        {reading.entities.map((entity, index) => (
          <span key={index} class="entity">
            {t.value.entityNames[entity.name] ?? entity.name} {entityText(entity)}
          </span>
        ))}
      </summary>
      <div class="reading-more">
        <h4>{t.value.candidates}</h4>
        <ol>
          {(reading.ranking.length > 0
            ? reading.ranking
            : ([[reading.intent, reading.confidence]] as Reading["ranking"])
          )
            .slice(0, 5)
            .map(([intent, confidence]) => (
              <li key={intent}>
                <span>{intentName(intent)}</span>
                <meter min={0} max={1} value={confidence} aria-label={t.value.confidence} />
                <span class="reading-percent">{percent(confidence)}</span>
              </li>
            ))}
        </ol>
        <h4>{t.value.entities}</h4>
        {reading.entities.length === 0 && <p>{t.value.noEntities}</p>}
        <dl>
          {reading.entities.map((entity, index) => (
            <div key={index}>
              <dt>{t.value.entityNames[entity.name] ?? entity.name}</dt>
              <dd>{entityText(entity)}</dd>
            </div>
          ))}
        </dl>
      </div>
    </details>
  );
};

/** What the player said or filmed. Browsers play videos; WeChat's voice files (AMR) are for a player of one's own. */
const RecordingView = ({ recording: { kind, file } }: { recording: NonNullable<Message["recording"]> }) => {
  const address = `/wechat/media/${file}`;
  if (kind === "video") return <video class="recording" src={address} controls preload="none" />;
  return (
    <a class="recording" href={address} download>
      {t.value.voice}
    </a>
  );
};

export const MessageTurn = ({ message, chat, desk }: { message: Message; chat: Chat; desk: DeskStore }) => {
  if (message.from === "system") return <p class="system-line">{message.text}</p>;
  return (
    <article class={`turn turn-${message.from}`}>
      <p class="turn-who">
        {authorName(message, chat)} <time dateTime={message.at.toISOString()}>{clockTime(message.at)}</time>
      </p>
      {message.picture ? (
        <PictureView
          desk={desk}
          picture={message.picture}
          conversation={chat.id}
          owner={`${chat.summary.value.state} ${chat.summary.value.agent?.id ?? ""}`}
        />
      ) : (
        <p class="bubble">{message.text}</p>
      )}
      {message.recording && <RecordingView recording={message.recording} />}
      {message.buttons.length > 0 && (
        <ul class="offered" aria-label={t.value.offered}>
          {message.buttons.map((title, index) => (
            <li key={index}>{title}</li>
          ))}
        </ul>
      )}
      {message.reading && <ReadingView reading={message.reading} />}
    </article>
  );
};

export const SendingTurn = ({ item, chat }: { item: Sending; chat: Chat }) => (
  <article class={`turn turn-agent${item.problem ? " failed" : " pending"}`}>
    <p class="bubble">{item.text}</p>
    {item.problem ? (
      <p class="fate">
        <Icon name="alert" size={14} />
        {t.value.failed}: {errorText(item.problem)}
        <button type="button" class="link" onClick={() => chat.retry(item.id)}>
          {t.value.retry}
        </button>
        <button type="button" class="link" onClick={() => chat.discard(item.id)}>
          {t.value.discard}
        </button>
      </p>
    ) : (
      <p class="fate">{t.value.sending}</p>
    )}
  </article>
);

export const NoteCard = ({ note }: { note: Note }) => (
  <aside class="note-card" aria-label={t.value.noteBy(note.agent)}>
    <p class="turn-who">
      <Icon name="note" size={14} />
      {t.value.noteBy(note.agent)} <time dateTime={note.at.toISOString()}>{clockTime(note.at)}</time>
    </p>
    <p class="note-text">{note.text}</p>
  </aside>
);

/** What an event's data says beyond its kind. */
const eventDetail = ({ kind, data }: Happening): string => {
  if (kind === "hand_over") {
    const reason = text(data.reason);
    return reason && (t.value.reasons[reason] ?? reason);
  }
  if (kind === "scanned") return text(data.scene);
  if (kind === "satisfaction")
    return Object.entries(data)
      .flatMap(([aspect, score]) => {
        const name = t.value.scores[aspect];
        return name ? [`${name} ${String(score)}/5`] : [];
      })
      .join(" · ");
  if (kind === "ticket") {
    const state = text(data.state);
    return [text(data.number), (tt.value.states as Partial<Record<string, string>>)[state] ?? state]
      .filter(Boolean)
      .join(" · ");
  }
  if (kind !== "refund") return "";
  const outcome = text(data.outcome);
  const reason = text(data.reason);
  return [
    t.value.order(text(data.order_no)),
    typeof data.amount_fen === "number" ? money(data.amount_fen) : "",
    t.value.outcomes[outcome] ?? outcome,
    t.value.refundReasons[reason] ?? reason,
  ]
    .filter(Boolean)
    .join(" · ");
};

const BY_MACHINE = new Set(["bot", "system", "player", ""]);

export const EventLine = ({ event }: { event: Happening }) => {
  const detail = eventDetail(event);
  const summary = event.kind === "hand_over" ? text(event.data.summary) : "";
  const bad = event.kind === "brain_failed" || event.data.outcome === "refused";
  return (
    <div class={`event event-${event.kind}${bad ? " bad" : ""}`}>
      <p>
        <b>{t.value.events[event.kind] ?? event.kind}</b>
        {!BY_MACHINE.has(event.actor) && <span>{event.name ?? event.actor}</span>}
        {detail && <span>{detail}</span>}
        <time dateTime={event.at.toISOString()}>{clockTime(event.at)}</time>
      </p>
      {summary && <p class="event-summary">{summary}</p>}
    </div>
  );
};
