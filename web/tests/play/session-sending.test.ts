import { describe, expect, it, vi } from "vitest";
import { accept, fresh, message, newSession, online, reconnect, seqs, welcome } from "./session-world";

fresh();

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
