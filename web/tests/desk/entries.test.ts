import { expect, it } from "vitest";
import type { Happening, Message, Note } from "../../src/desk/api/types";
import { entriesOf } from "../../src/desk/store/entries";

const at = (minute: number) => new Date(2026, 10, 22, 12, minute);
const message = (seq: number, minute: number): Message => ({
  seq,
  from: "player",
  name: "",
  text: "",
  buttons: [],
  at: at(minute),
  reading: null,
  picture: null,
  recording: null,
  id: null,
});
const event = (id: number, seq: number, kind = "claim"): Happening => ({
  id,
  seq,
  at: at(0),
  kind,
  actor: "",
  name: null,
  data: {},
});
const note = (id: number, minute: number): Note => ({ id, at: at(minute), agent: "", text: "" });
const keys = (...input: Parameters<typeof entriesOf>) => entriesOf(...input).map((entry) => entry.key);

it("events follow their message, notes stand where their time puts them", () => {
  const messages = [message(1, 1), message(2, 3), message(3, 5)];
  const order = keys(messages, [event(7, 2), event(8, 3)], [note(1, 4), note(2, 9)], [], false);
  expect(order).toEqual(["m1", "m2", "e7", "n1", "m3", "e8", "n2"]);
});

it("what belongs to messages that are not loaded yet waits for them", () => {
  const messages = [message(5, 10)];
  expect(keys(messages, [event(1, 2), event(2, 5)], [note(1, 3)], [], true)).toEqual(["m5", "e2"]);
  expect(keys(messages, [event(1, 2), event(2, 5)], [note(1, 3)], [], false)).toEqual([
    "e1",
    "n1",
    "m5",
    "e2",
  ]);
});

it("events before the first message, and without any message, are shown", () => {
  expect(keys([], [event(1, 0)], [], [], false)).toEqual(["e1"]);
});

it("who looked at a conversation is not part of its story", () => {
  expect(keys([message(1, 1)], [event(1, 1, "viewed")], [], [], false)).toEqual(["m1"]);
});
