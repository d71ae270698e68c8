import type { Happening, Message, Note } from "../api/types";
import type { Sending } from "./chat";

/** One entry of a transcript, in the order in which things happened. */
export type Entry =
  | { kind: "message"; key: string; at: Date; message: Message }
  | { kind: "event"; key: string; at: Date; event: Happening }
  | { kind: "note"; key: string; at: Date; note: Note }
  | { kind: "sending"; key: string; at: Date; item: Sending };

/** Kept for the audit, of no use while helping. */
const NOT_SHOWN = new Set(["viewed", "view"]);

/** Merges what is kept in different places. Messages go by number, an event follows the message that it happened
 * after, a note stands where its time puts it. Events and notes from before the first loaded message wait until
 * that part is loaded. */
export const entriesOf = (
  messages: readonly Message[],
  events: readonly Happening[],
  notes: readonly Note[],
  sending: readonly Sending[],
  more: boolean,
): Entry[] => {
  const firstSeq = more ? (messages[0]?.seq ?? 0) : 0;
  const shown = events.filter((event) => event.seq >= firstSeq && !NOT_SHOWN.has(event.kind));
  const numbered: Entry[] = [];
  let next = 0;
  const eventsUpTo = (seq: number) => {
    for (let event = shown[next]; event && event.seq < seq; event = shown[++next])
      numbered.push({ kind: "event", key: `e${event.id}`, at: event.at, event });
  };
  for (const message of messages) {
    eventsUpTo(message.seq);
    numbered.push({ kind: "message", key: `m${message.seq}`, at: message.at, message });
  }
  eventsUpTo(Infinity);

  const entries: Entry[] = [];
  const since = more ? (messages[0]?.at.getTime() ?? 0) : 0;
  const waiting = notes.filter((note) => note.at.getTime() >= since);
  let nextNote = 0;
  const notesUpTo = (time: number) => {
    for (let note = waiting[nextNote]; note && note.at.getTime() < time; note = waiting[++nextNote])
      entries.push({ kind: "note", key: `n${note.id}`, at: note.at, note });
  };
  for (const entry of numbered) {
    notesUpTo(entry.at.getTime());
    entries.push(entry);
  }
  notesUpTo(Infinity);
  for (const item of sending) entries.push({ kind: "sending", key: `s${item.id}`, at: item.at, item });
  return entries;
};
