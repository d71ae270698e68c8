import { afterEach, beforeEach, expect, vi } from "vitest";
import { ChatSession, type SessionOptions } from "../../src/play/protocol/session";
import type { TokenSource } from "../../src/play/token/source";
import { FakeSocket } from "../fake-socket";

const AT = "2026-11-22T12:00:00.000Z";
export const message = (seq: number, from = "bot", text = `text ${seq}`, more = {}) => ({
  type: "message",
  seq,
  from,
  text,
  buttons: [],
  at: AT,
  ...more,
});
/** The server's answer to hello. */
export const welcome = (seq: number, more = {}) => ({
  type: "welcome",
  conversation: "c1",
  state: "bot",
  seq,
  unread: 0,
  ...more,
});

/** Where tokens come from, for a test to change. */
export const tokens = { get: () => Promise.resolve("token-1"), renewable: true };
const source: TokenSource = {
  kind: "demo",
  get: () => tokens.get(),
  renew: () => tokens.renewable,
};
const sessions: ChatSession[] = [];

export const newSession = (more: Partial<SessionOptions> = {}) => {
  const session = new ChatSession(source, {
    store: sessionStorage,
    connect: FakeSocket.connect,
    ...more,
  });
  sessions.push(session);
  return session;
};
/** Lets the token arrive and the socket be made, then accepts the connection. */
export const accept = async () => {
  await vi.advanceTimersByTimeAsync(0);
  FakeSocket.last.open();
  return FakeSocket.last;
};
/** A session whose server holds `seq` messages. */
export const online = async (seq = 0) => {
  const session = newSession();
  session.start();
  const socket = await accept();
  socket.say(welcome(seq));
  return { session, socket };
};
/** The connection breaks and is made anew. */
export const reconnect = async (socket: FakeSocket) => {
  socket.cut();
  await vi.advanceTimersByTimeAsync(600);
  expect(FakeSocket.last).not.toBe(socket);
  FakeSocket.last.open();
  return FakeSocket.last;
};
export const seqs = (session: ChatSession) => session.messages.value.map((m) => m.seq);

/** For each test of the file that calls it: no socket, no storage, and the time stands still. */
export const fresh = (): void => {
  beforeEach(() => {
    vi.useFakeTimers();
    FakeSocket.all = [];
    sessionStorage.clear();
    tokens.get = () => Promise.resolve("token-1");
    tokens.renewable = true;
  });
  afterEach(() => {
    sessions.splice(0).forEach((session) => session.stop());
    vi.useRealTimers();
  });
};
