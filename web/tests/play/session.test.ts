import { describe, expect, it, vi } from "vitest";
import { FatalError } from "../../src/shared/net/live-socket";
import { FakeSocket } from "../fake-socket";
import {
  accept,
  fresh,
  message,
  newSession,
  online,
  reconnect,
  seqs,
  tokens,
  welcome,
} from "./session-world";

fresh();

describe("opening", () => {
  it("says what it knows of the device after each welcome", async () => {
    const session = newSession({ context: () => Promise.resolve({ device: "Pixel 8" }) });
    session.start();
    let socket = await accept();
    for (let times = 0; times < 2; times += 1) {
      socket.say(welcome(0));
      await vi.advanceTimersByTimeAsync(0);
      expect(socket.sent[socket.sent.length - 1]).toEqual({ type: "context", device: "Pixel 8" });
      if (times === 0) socket = await reconnect(socket);
    }
  });

  it("says hello with a token and shows what it gets", async () => {
    const { session, socket } = await online(2);
    expect(socket.url).toMatch(/^ws:.*\/chat\/v1\/socket$/);
    expect(socket.sent[0]).toEqual({ type: "hello", token: "token-1", last_seq: 0 });
    expect(session.caughtUp.value).toBe(false);
    socket.say(message(1), message(2));
    expect(seqs(session)).toEqual([1, 2]);
    expect(session.caughtUp.value).toBe(true);
    expect(session.link.value).toBe("online");
  });

  it("ignores frames that are not JSON, have no type or are unknown", async () => {
    const { session, socket } = await online();
    socket.onmessage?.({ data: "{nonsense" });
    socket.onmessage?.({ data: "[1]" });
    socket.say({ type: "fireworks" }, { type: "message", text: "no number" });
    expect(seqs(session)).toEqual([]);
    expect(session.link.value).toBe("online");
  });
});

describe("resuming", () => {
  it("asks for what follows the last complete number, with a new token", async () => {
    const { session, socket } = await online();
    socket.say(message(1), message(2));
    tokens.get = () => Promise.resolve("token-2");
    const second = await reconnect(socket);
    expect(second.sent).toEqual([{ type: "hello", token: "token-2", last_seq: 2 }]);
    second.say(welcome(4), message(3), message(4));
    expect(seqs(session)).toEqual([1, 2, 3, 4]);
  });

  it("takes a message that comes twice once", async () => {
    const { session, socket } = await online();
    socket.say(message(1), message(1), message(2));
    const second = await reconnect(socket);
    second.say(welcome(2), message(2));
    expect(seqs(session)).toEqual([1, 2]);
  });

  it("waits for a late number, then asks for the gap", async () => {
    const { session, socket } = await online();
    socket.say(message(1), message(3));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(FakeSocket.last).toBe(socket);
    await vi.advanceTimersByTimeAsync(3_000);
    const second = await accept();
    expect(second).not.toBe(socket);
    expect(second.sent[0]).toMatchObject({ last_seq: 1 });
    second.say(welcome(3), message(2), message(3));
    expect(seqs(session)).toEqual([1, 2, 3]);
  });

  it("begins anew when the server's conversation is another one, and sends nothing of the old one there", async () => {
    const { session, socket } = await online();
    socket.say(message(1), message(2));
    session.send("for the old one");
    const second = await reconnect(socket);
    second.say(welcome(0, { conversation: "c2" }));
    await vi.advanceTimersByTimeAsync(1_100);
    const third = await accept();
    expect(third.sent[0]).toMatchObject({ last_seq: 0 });
    third.say(welcome(0, { conversation: "c2" }));
    expect(seqs(session)).toEqual([]);
    expect(third.ofType("send")).toEqual([]);
    expect(session.outgoing.value).toEqual([]);
  });
});

describe("tokens", () => {
  it("gets a new one when the server says that it has expired", async () => {
    const { session, socket } = await online();
    socket.say({ type: "error", code: "token_expired", message: "", retry: false });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(FakeSocket.all.length).toBeGreaterThan(1);
    expect(session.link.value).not.toBe("fatal");
  });

  it("gives up when there is no better one", async () => {
    const { session, socket } = await online();
    tokens.renewable = false;
    socket.say({ type: "error", code: "token_expired", message: "", retry: false });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(session.link.value).toBe("fatal");
    expect(session.fatal.value).toBe("token_expired");
    expect(FakeSocket.all).toHaveLength(1);
  });

  it("gives up when the source says so, and keeps trying when it only fails", async () => {
    tokens.get = () => Promise.reject(new Error("no network"));
    const session = newSession();
    session.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(session.link.value).toBe("offline");
    tokens.get = () => Promise.reject(new FatalError("token_expired"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(session.link.value).toBe("fatal");
  });
});

describe("the rest", () => {
  it("follows state and typing", async () => {
    const { session, socket } = await online();
    socket.say({ type: "typing", from: "bot" });
    expect(session.typing.value).toBe("bot");
    socket.say({ type: "state", state: "queued", position: 3, wait_s: 120 });
    expect(session.typing.value).toBeNull();
    expect(session.ownership.value).toMatchObject({ state: "queued", position: 3, waitSeconds: 120 });
    session.cancelQueue();
    expect(socket.ofType("cancel_queue")).toHaveLength(1);
  });

  it("reports reading forwards only, and typing to agents only, and rarely", async () => {
    const { session, socket } = await online();
    session.read(3);
    session.read(2);
    session.read(3);
    expect(socket.ofType("read")).toEqual([{ type: "read", seq: 3 }]);
    session.sayTyping();
    expect(socket.ofType("typing")).toHaveLength(0);
    socket.say({ type: "state", state: "agent" });
    session.sayTyping();
    session.sayTyping();
    expect(socket.ofType("typing")).toHaveLength(1);
  });
});
