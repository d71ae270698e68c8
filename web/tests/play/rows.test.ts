import { describe, expect, it } from "vitest";
import type { Message } from "../../src/play/protocol/frames";
import type { Outgoing } from "../../src/play/protocol/outbox";
import { firstUnread, rowsOf, type Row } from "../../src/play/ui/rows";

const yes = { title: "是的", payload: "/affirm" };
const no = { title: "不是", payload: "/deny" };
const at = (minute: number) => new Date(2026, 10, 22, 12, minute);
const say = (seq: number, from: Message["from"], more: Partial<Message> = {}): Message => ({
  seq,
  from,
  name: "",
  text: `text ${seq}`,
  buttons: [],
  at: at(0),
  id: null,
  picture: null,
  chart: null,
  ...more,
});
const under = (text: string, more: Partial<Outgoing> = {}): Outgoing => ({
  id: text,
  text,
  payload: null,
  at: at(0),
  status: "sending",
  problem: null,
  seenAs: null,
  ...more,
});
const rows = (messages: Message[], outgoing: Outgoing[] = [], state: "bot" | "queued" = "bot") =>
  rowsOf({ messages, outgoing, state, unreadFrom: null });
const buttonsOf = (all: Row[], seq: number) => {
  const row = all.find((one) => one.kind === "message" && one.message.seq === seq);
  if (row?.kind !== "message") throw new Error(`no message ${seq}`);
  return [row.buttonsActive, row.chosen];
};

describe("buttons", () => {
  it("can be pressed while nothing was said after them", () => {
    const all = rows([say(1, "bot", { buttons: [yes, no] }), say(2, "bot")]);
    expect(buttonsOf(all, 1)).toEqual([true, null]);
  });

  it("are done with as soon as one is pressed, before the server has it", () => {
    const all = rows([say(1, "bot", { buttons: [yes, no] })], [under("是的")]);
    expect(buttonsOf(all, 1)).toEqual([false, "是的"]);
  });

  it("show what was picked later on", () => {
    const all = rows([
      say(1, "bot", { buttons: [yes, no] }),
      say(2, "player", { text: "不是" }),
      say(3, "bot"),
    ]);
    expect(buttonsOf(all, 1)).toEqual([false, "不是"]);
  });

  it("come back when the press could not be sent", () => {
    const all = rows([say(1, "bot", { buttons: [yes] })], [under("是的", { status: "failed" })]);
    expect(buttonsOf(all, 1)).toEqual([true, null]);
  });

  it("yield to newer ones, and to a queue", () => {
    const messages = [say(1, "bot", { buttons: [yes] }), say(2, "bot", { buttons: [no] })];
    expect(buttonsOf(rows(messages), 1)).toEqual([false, null]);
    expect(buttonsOf(rows(messages), 2)).toEqual([true, null]);
    expect(buttonsOf(rows(messages, [], "queued"), 2)).toEqual([false, null]);
  });
});

describe("rows", () => {
  it("show a message that came back before its ack once", () => {
    const kinds = rows([say(1, "player", { text: "a" })], [under("a", { seenAs: 1 })]).map((row) => row.kind);
    expect(kinds).toEqual(["time", "message"]);
  });

  it("separate by time and group by author", () => {
    const all = rows([
      say(1, "bot"),
      say(2, "bot"),
      say(3, "bot", { at: at(9) }),
      say(4, "player", { at: at(9) }),
    ]);
    const shape = all.map((row) => (row.kind === "message" ? row.first : row.kind));
    expect(shape).toEqual(["time", true, false, "time", true, true]);
  });

  it("put the unread mark before the message", () => {
    const all = rowsOf({
      messages: [say(1, "bot"), say(2, "bot")],
      outgoing: [],
      state: "bot",
      unreadFrom: 2,
    });
    expect(all.map((row) => row.kind)).toEqual(["time", "message", "unread", "message"]);
  });
});

it("firstUnread counts back the messages of others", () => {
  const messages = [say(1, "bot"), say(2, "player"), say(3, "bot"), say(4, "player"), say(5, "agent")];
  expect(firstUnread(messages, 5, 2)).toBe(3);
  expect(firstUnread(messages, 5, 0)).toBeNull();
  expect(firstUnread(messages, 4, 1)).toBe(3);
  expect(firstUnread(messages, 5, 99)).toBe(1);
});
