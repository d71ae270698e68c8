import type { Author, Message, State } from "../protocol/frames";
import type { Outgoing } from "../protocol/outbox";
import type { Upload } from "../protocol/pictures";

/** One thing shown in the log. */
export type Row =
  | { kind: "time"; key: string; at: Date }
  | { kind: "unread"; key: string }
  | {
      kind: "message";
      key: string;
      message: Message;
      /** First of a run by the same author: it gets the name and the face. */
      first: boolean;
      buttonsActive: boolean;
      chosen: string | null;
    }
  | { kind: "outgoing"; key: string; item: Outgoing; first: boolean }
  | { kind: "upload"; key: string; item: Upload; first: boolean };

const SEPARATE_MS = 5 * 60_000;

/** The number of the first message that the player has not read, counting `unread` messages by others back from
 * `upTo`; null if there is none. */
export const firstUnread = (messages: readonly Message[], upTo: number, unread: number): number | null => {
  let left = unread;
  let found: number | null = null;
  for (let i = messages.length - 1; i >= 0 && left > 0; i -= 1) {
    const message = messages[i];
    if (!message || message.seq > upTo || message.from === "player") continue;
    left -= 1;
    found = message.seq;
  }
  return found;
};

/** Which message's buttons may be pressed: the last that has any, until the player says something after it. The
 * bot's need the bot to be there. */
const activeButtons = (messages: readonly Message[], waiting: boolean, state: State): number | null => {
  if (waiting) return null;
  for (let i = messages.length - 1; i >= 0; i -= 1) {
    const message = messages[i];
    if (!message || message.from === "player") return null;
    if (message.buttons.length > 0)
      return message.from === "bot" && (state === "queued" || state === "agent") ? null : message.seq;
  }
  return null;
};

/** What was picked from a message's buttons: the title, if the player's next message says just that. */
const chosenFrom = (message: Message, next: string | undefined): string | null =>
  next !== undefined && message.buttons.some((button) => button.title === next) ? next : null;

export interface RowsInput {
  messages: readonly Message[];
  outgoing: readonly Outgoing[];
  uploads?: readonly Upload[];
  state: State;
  unreadFrom: number | null;
}

/** The log, from what is stored and what is under way. */
export const rowsOf = ({ messages, outgoing, uploads = [], state, unreadFrom }: RowsInput): Row[] => {
  const seqs = new Set(messages.map((message) => message.seq));
  const pending = outgoing.filter((item) => item.seenAs === null || !seqs.has(item.seenAs));
  const unsent = pending.filter((item) => item.status === "sending");
  const active = activeButtons(messages, unsent.length > 0, state);
  const rows: Row[] = [];
  let last: { from: Author; name: string; at: Date } | null = null;

  const separate = (at: Date, key: string) => {
    if (last && at.getTime() - last.at.getTime() < SEPARATE_MS) return;
    rows.push({ kind: "time", key: `t${key}`, at });
    last = null;
  };

  messages.forEach((message, index) => {
    const key = String(message.seq);
    separate(message.at, key);
    if (message.seq === unreadFrom) {
      rows.push({ kind: "unread", key: "unread" });
      last = null;
    }
    const next = messages[index + 1];
    const answer = next?.from === "player" ? next.text : next ? undefined : unsent[0]?.text;
    rows.push({
      kind: "message",
      key,
      message,
      first: last?.from !== message.from || last.name !== message.name,
      buttonsActive: message.seq === active,
      chosen: chosenFrom(message, answer),
    });
    last = message;
  });

  for (const item of pending) {
    separate(item.at, item.id);
    rows.push({ kind: "outgoing", key: item.id, item, first: last?.from !== "player" });
    last = { from: "player", name: "", at: item.at };
  }
  const stored = new Set(messages.map((message) => message.id));
  for (const item of uploads.filter((upload) => !stored.has(upload.id))) {
    separate(item.at, item.id);
    rows.push({ kind: "upload", key: item.id, item, first: last?.from !== "player" });
    last = { from: "player", name: "", at: item.at };
  }
  return rows;
};
