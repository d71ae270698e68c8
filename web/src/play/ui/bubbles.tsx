import { Icon } from "../../shared/ui/icons";
import { Mascot } from "../../shared/ui/mascot";
import { t } from "../locales/texts";
import type { Message } from "../protocol/frames";
import type { ChatSession } from "../protocol/session";
import { ChartView } from "./chart";
import { PictureView } from "./pictures";
import type { Row } from "./rows";

type RowOf<K extends Row["kind"]> = Extract<Row, { kind: K }>;

const authorName = (message: Message): string => {
  if (message.from === "player") return t.value.you;
  if (message.from === "bot") return t.value.bot;
  return message.name ? t.value.agentNamed(message.name) : t.value.agent;
};

const Face = ({ message }: { message: Message }) =>
  message.from === "bot" ? (
    <Mascot size={34} class="face" />
  ) : (
    <span class="face face-agent" aria-hidden="true">
      {message.name.slice(0, 1) || <Icon name="headset" size={18} />}
    </span>
  );

export const MessageBubble = ({ row, session }: { row: RowOf<"message">; session: ChatSession }) => {
  const { message, first } = row;
  if (message.from === "system")
    return (
      <div class="turn turn-system" data-seq={message.seq}>
        <p class="system">{message.text}</p>
        <Buttons row={row} session={session} />
      </div>
    );
  const own = message.from === "player";
  return (
    <article class={`turn turn-${message.from}${first ? " first" : ""}`} data-seq={message.seq}>
      {!own && first && <Face message={message} />}
      <div class="said">
        <p class={first && !own ? "author" : "hidden"}>{authorName(message)}</p>
        {message.picture ? (
          <PictureView picture={message.picture} session={session} />
        ) : (
          <p class="bubble">{message.text}</p>
        )}
        {message.chart && <ChartView chart={message.chart} />}
        <Buttons row={row} session={session} />
      </div>
    </article>
  );
};

const Buttons = ({ row, session }: { row: RowOf<"message">; session: ChatSession }) => {
  const { message, buttonsActive, chosen } = row;
  if (message.buttons.length === 0) return null;
  return (
    <div class="choices" role="group" aria-label={t.value.choices}>
      {message.buttons.map((button) => (
        <button
          key={button.payload}
          type="button"
          class={`choice${button.title === chosen ? " chosen" : ""}`}
          disabled={!buttonsActive}
          onClick={() => session.send(button.title, button.payload)}
        >
          {button.title === chosen && <Icon name="check" size={16} />}
          {button.title}
          {button.title === chosen && <span class="hidden">{t.value.chosen}</span>}
        </button>
      ))}
    </div>
  );
};

export const OutgoingBubble = ({ row, session }: { row: RowOf<"outgoing">; session: ChatSession }) => {
  const { item, first } = row;
  const failed = item.status === "failed";
  const online = session.link.value === "online";
  const problem = item.problem;
  return (
    <article class={`turn turn-player outgoing${first ? " first" : ""}${failed ? " failed" : ""}`}>
      <div class="said">
        <p class="hidden">{t.value.you}</p>
        <p class="bubble">{item.text}</p>
        {failed ? (
          <p class="fate">
            <span class="fate-why">
              <Icon name="alert" size={14} />
              {problem ? (t.value.errors[problem.code] ?? problem.message) : t.value.failed}
            </span>
            <button type="button" class="link" onClick={() => session.retry(item.id)}>
              {t.value.retry}
            </button>
            <button type="button" class="link" onClick={() => session.discard(item.id)}>
              {t.value.discard}
            </button>
          </p>
        ) : (
          <p class="fate fate-sending">
            <Icon name="clock" size={13} />
            {online ? t.value.sending : t.value.waiting}
          </p>
        )}
      </div>
    </article>
  );
};

export const TypingBubble = ({ from }: { from: "bot" | "agent" }) => (
  <div class={`turn turn-${from} first typing`}>
    {from === "bot" ? (
      <Mascot size={34} class="face" />
    ) : (
      <span class="face face-agent" aria-hidden="true">
        <Icon name="headset" size={18} />
      </span>
    )}
    <p class="bubble">
      <span class="dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      <span class="typing-text">{from === "bot" ? t.value.typingBot : t.value.typingAgent}</span>
    </p>
  </div>
);
