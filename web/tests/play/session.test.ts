import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ChatSession } from "../../src/play/protocol/session";
import type { TokenSource } from "../../src/play/token/source";
import { FatalError } from "../../src/shared/net/live-socket";
import { FakeSocket } from "../fake-socket";

const AT = "2026-11-22T12:00:00.000Z";
const message = (seq: number, from = "bot", text = `text ${seq}`, more = {}) => ({
  type: "message",
  seq,
  from,
  text,
  buttons: [],
  at: AT,
  ...more,
});
const welcome = (seq: number, more = {}) => ({
  type: "welcome",
  conversation: "c1",
  state: "bot",
  seq,
  unread: 0,
  ...more,
});

let token: () => Promise<string>;
let renewable: boolean;
const source: TokenSource = { kind: "demo", get: () => token(), renew: () => renewable };
const sessions: ChatSession[] = [];

const newSession = () => {
  const session = new ChatSession(source, { store: sessionStorage, connect: FakeSocket.connect });
  sessions.push(session);
  return session;
};
/** Lets the token arrive and the socket be made, then accepts the connection. */
const accept = async () => {
  await vi.advanceTimersByTimeAsync(0);
  FakeSocket.last.open();
  return FakeSocket.last;
};
const online = async (seq = 0) => {
  const session = newSession();
  session.start();
  const socket = await accept();
  socket.say(welcome(seq));
  return { session, socket };
};
/** The connection breaks and is made anew. */
const reconnect = async (socket: FakeSocket) => {
  socket.cut();
  await vi.advanceTimersByTimeAsync(600);
  expect(FakeSocket.last).not.toBe(socket);
  FakeSocket.last.open();
  return FakeSocket.last;
};
const seqs = (session: ChatSession) => session.messages.value.map((m) => m.seq);

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  sessionStorage.clear();
  token = () => Promise.resolve("token-1");
  renewable = true;
});
afterEach(() => {
  sessions.splice(0).forEach((session) => session.stop());
  vi.useRealTimers();
});

describe("opening", () => {
  it("says what it knows of the device after each welcome", async () => {
    const session = new ChatSession(source, {
      store: null,
      connect: FakeSocket.connect,
      context: () => Promise.resolve({ device: "Pixel 8" }),
    });
    sessions.push(session);
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
    token = () => Promise.resolve("token-2");
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

describe("sending", () => {
  it("shows a message at once and puts the stored one in its place", async () => {
    const { session, socket } = await online();
    session.send("充错了");
    const [sent] = socket.ofType("send");
    expect(session.outgoing.value.map((item) => item.status)).toEqual(["sending"]);
    socket.say({ type: "ack", id: sent?.id, seq: 1 });
    expect(session.outgoing.value).toEqual([]);
    expect(session.messages.value.map((m) => [m.seq, m.from, m.text])).toEqual([[1, "player", "充错了"]]);
    socket.say(message(1, "player", "充错了", { id: sent?.id }));
    expect(seqs(session)).toEqual([1]);
  });

  it("sends again with the same id what was not acknowledged, and only that", async () => {
    const { session, socket } = await online();
    session.send("one");
    session.send("two");
    const [one, two] = socket.ofType("send");
    socket.say({ type: "ack", id: one?.id, seq: 1 });
    const second = await reconnect(socket);
    second.say(welcome(2), message(2, "player", "two"));
    expect(second.ofType("send")).toEqual([two]);
    second.say({ type: "ack", id: two?.id, seq: 2 });
    expect(session.messages.value.map((m) => m.text)).toEqual(["one", "two"]);
    expect(session.outgoing.value).toEqual([]);
  });

  it("loses and doubles nothing when every send is cut before its ack", async () => {
    const session = newSession();
    session.start();
    const stored = new Map<string, number>();
    let socket = await accept();
    socket.say(welcome(0));
    for (let round = 1; round <= 25; round += 1) {
      session.send(`message ${round}`);
      for (const frame of socket.ofType("send")) {
        const id = String(frame.id);
        if (!stored.has(id)) stored.set(id, stored.size + 1);
      }
      socket = await reconnect(socket);
      const after = Number(socket.sent[0]?.last_seq);
      socket.say(welcome(stored.size));
      for (const [id, seq] of stored)
        if (seq > after) socket.say(message(seq, "player", `message ${seq}`, { id }));
      for (const frame of socket.ofType("send"))
        socket.say({ type: "ack", id: frame.id, seq: stored.get(String(frame.id)) });
    }
    expect(session.messages.value.map((m) => m.text)).toEqual(
      Array.from({ length: 25 }, (_, i) => `message ${i + 1}`),
    );
    expect(session.outgoing.value).toEqual([]);
  });

  it("keeps what is written while there is no connection", async () => {
    const { session, socket } = await online();
    socket.cut();
    session.send("written in a tunnel");
    await vi.advanceTimersByTimeAsync(600);
    const second = await accept();
    expect(second.ofType("send")).toEqual([]);
    second.say(welcome(0));
    expect(second.ofType("send")).toMatchObject([{ text: "written in a tunnel" }]);
  });

  it("takes a connection without acks for dead", async () => {
    const { session, socket } = await online();
    session.send("hello?");
    await vi.advanceTimersByTimeAsync(11_000);
    const second = await accept();
    expect(second).not.toBe(socket);
    second.say(welcome(0));
    expect(second.ofType("send")).toEqual(socket.ofType("send"));
  });

  it("resends after a reload of the page", async () => {
    const { session, socket } = await online();
    session.send("before the reload", "/faq");
    session.stop();
    const later = newSession();
    later.start();
    const second = await accept();
    second.say(welcome(0));
    expect(second.ofType("send")).toEqual(socket.ofType("send"));
    expect(later.outgoing.value.map((item) => item.text)).toEqual(["before the reload"]);
  });

  it("marks what the server refused, and sends it again on request", async () => {
    const { session, socket } = await online();
    session.send("first");
    session.send("second");
    const [first, second] = socket.ofType("send");
    socket.say({ type: "error", code: "text_too_long", message: "too long", retry: false, id: second?.id });
    expect(session.outgoing.value.map((item) => item.status)).toEqual(["sending", "failed"]);
    socket.say({ type: "ack", id: first?.id, seq: 1 });
    session.retry(String(second?.id));
    expect(socket.ofType("send")).toEqual([first, second, second]);
  });

  it("sends by itself again what was too fast", async () => {
    const { session, socket } = await online();
    session.send("hurry");
    const [sent] = socket.ofType("send");
    socket.say({ type: "error", code: "rate_limited", message: "slow down", retry: true, id: sent?.id });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(socket.ofType("send")).toEqual([sent, sent]);
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
    renewable = false;
    socket.say({ type: "error", code: "token_expired", message: "", retry: false });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(session.link.value).toBe("fatal");
    expect(session.fatal.value).toBe("token_expired");
    expect(FakeSocket.all).toHaveLength(1);
  });

  it("gives up when the source says so, and keeps trying when it only fails", async () => {
    token = () => Promise.reject(new Error("no network"));
    const session = newSession();
    session.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(session.link.value).toBe("offline");
    token = () => Promise.reject(new FatalError("token_expired"));
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
