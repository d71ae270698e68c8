import { list, number, numberOrNull, oneOf, record, text, textOrNull } from "../../shared/check";
import type { Frame } from "../../shared/net/live-socket";
import { readChart, type Chart } from "./charts";
import { readPicture, type Picture } from "./pictures";

/** The in-game protocol's server frames, checked. Unknown types and fields are ignored: the protocol may grow. */

const AUTHORS = ["player", "bot", "agent", "system"] as const;
const STATES = ["bot", "queued", "agent", "closed"] as const;

export type Author = (typeof AUTHORS)[number];
export type State = (typeof STATES)[number];

export interface Button {
  title: string;
  payload: string;
}

export interface Message {
  seq: number;
  from: Author;
  /** Name of the agent who wrote it, where the server tells. */
  name: string;
  text: string;
  buttons: Button[];
  at: Date;
  /** The client's id of a player's message, where the server tells. */
  id: string | null;
  picture: Picture | null;
  chart: Chart | null;
}

/** A player's message as this page knows it before the server has sent it back. */
export const ownMessage = (
  seq: number,
  id: string,
  { text, at, picture = null }: { text: string; at: Date; picture?: Picture | null },
): Message => ({ seq, from: "player", name: "", text, buttons: [], at, id, picture, chart: null });

export interface Ownership {
  state: State;
  position: number | null;
  waitSeconds: number | null;
  /** Name of the agent, where the server tells. */
  agent: string;
}

export type ServerFrame =
  | { type: "welcome"; conversation: string; seq: number; unread: number; ownership: Ownership }
  | { type: "message"; message: Message }
  | { type: "ack"; id: string; seq: number }
  | { type: "state"; ownership: Ownership }
  | { type: "typing"; from: "bot" | "agent" }
  | { type: "error"; code: string; message: string; retry: boolean; id: string | null };

const time = (value: unknown): Date => {
  const at = new Date(text(value));
  return Number.isNaN(at.getTime()) ? new Date() : at;
};

const buttons = (value: unknown): Button[] =>
  list(value)
    .map((item) => ({ title: text(record(item).title), payload: text(record(item).payload) }))
    .filter((button) => button.title !== "" && button.payload !== "");

const ownership = (frame: Frame): Ownership => ({
  state: oneOf(frame.state, STATES, "bot"),
  position: numberOrNull(frame.position),
  waitSeconds: numberOrNull(frame.wait_s),
  agent: text(frame.agent) || text(record(frame.agent).name),
});

/** The frame, or null if it is none that this client knows. */
export const readFrame = (frame: Frame): ServerFrame | null => {
  switch (frame.type) {
    case "welcome":
      return {
        type: "welcome",
        conversation: text(frame.conversation),
        seq: number(frame.seq),
        unread: number(frame.unread),
        ownership: ownership(frame),
      };
    case "message":
      if (number(frame.seq) < 1) return null;
      return {
        type: "message",
        message: {
          seq: number(frame.seq),
          from: oneOf(frame.from, AUTHORS, "system"),
          name: text(frame.name),
          text: text(frame.text),
          buttons: buttons(frame.buttons),
          at: time(frame.at),
          id: textOrNull(frame.id),
          picture: readPicture(frame.picture),
          chart: readChart(frame.chart),
        },
      };
    case "ack":
      return { type: "ack", id: text(frame.id), seq: number(frame.seq) };
    case "state":
      return { type: "state", ownership: ownership(frame) };
    case "typing":
      return { type: "typing", from: oneOf(frame.from, ["bot", "agent"] as const, "bot") };
    case "error":
      return {
        type: "error",
        code: text(frame.code),
        message: text(frame.message),
        retry: frame.retry === true,
        id: textOrNull(frame.id),
      };
    default:
      return null;
  }
};
