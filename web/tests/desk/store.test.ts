import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DeskApi } from "../../src/desk/api/client";
import { DeskStore } from "../../src/desk/store/desk";
import { FakeSocket } from "../fake-socket";

const AT = "2026-11-22T12:00:00.000Z";
const agent = { id: 1, login: "ayue", name: "阿月", role: "agent" };
const summary = (id: string, more = {}) => ({
  id,
  player: {
    game: "demo",
    id: "p1001",
    name: "陆小满",
    server: "江南",
    role: "小满",
    vip: 0,
    locale: "zh-CN",
  },
  state: "agent",
  intent: "account_refund_mistaken",
  category: "account",
  urgency: 2,
  reason: "not_solved",
  queued_at: AT,
  agent: { id: 1, name: "阿月" },
  seq: 2,
  unread: 0,
  last: { seq: 2, from: "bot", text: "text 2", at: AT },
  ...more,
});
const waiting = (id: string) => summary(id, { state: "queued", agent: null });
const message = (seq: number, from = "player", more = {}) => ({
  seq,
  from,
  name: "",
  text: `text ${seq}`,
  buttons: [],
  at: AT,
  meta: {},
  ...more,
});

/** What the fake server answers by "METHOD path"; a number is a refusal with that status. */
let answers: Record<string, unknown>;
let calls: { call: string; body: unknown; headers: Record<string, string> }[];
const bodies = (call: string) => calls.filter((one) => one.call === call).map((one) => one.body);

const fakeFetch = (url: string, init: RequestInit) => {
  const call = `${init.method ?? "GET"} ${url.replace("/desk/api/", "")}`;
  const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : null;
  calls.push({ call, body, headers: init.headers as Record<string, string> });
  let answer = answers[call];
  if (Array.isArray(answer)) answer = answer.length > 1 ? answer.shift() : answer[0];
  if (answer === undefined) return Promise.reject(new TypeError(`no answer for ${call}`));
  if (typeof answer === "number")
    return Promise.resolve(
      new Response(JSON.stringify({ type: "error", code: `code_${answer}`, message: "", retry: false }), {
        status: answer,
      }),
    );
  if (answer === "logged out")
    return Promise.resolve(new Response(JSON.stringify({ code: "not_logged_in" }), { status: 401 }));
  return Promise.resolve(new Response(JSON.stringify(answer), { status: 200 }));
};

const settle = () => vi.advanceTimersByTimeAsync(0);
const ready = async (store: DeskStore) => {
  FakeSocket.last.open();
  FakeSocket.last.say({ type: "ready" });
  await settle();
  expect(store.link.value).toBe("online");
};
let store: DeskStore;
const begin = async () => {
  store = new DeskStore(new DeskApi(), FakeSocket.connect);
  await store.begin();
  await settle();
  await ready(store);
};
const opened = (id: string) => {
  const chat = store.chat.value;
  if (chat?.id !== id) throw new Error(`${id} is not open`);
  return chat;
};
const openMine = async () => {
  const first = store.mine.value[0];
  if (!first) throw new Error("nothing is mine");
  store.open(first);
  await settle();
  return opened(first.id);
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", fakeFetch);
  FakeSocket.all = [];
  calls = [];
  answers = {
    "GET me": { agent, csrf_token: "csrf-1" },
    "GET queue": { entries: [waiting("q1")], length: 1 },
    "GET conversations": { entries: [summary("c1")] },
    "GET conversations/c1": {
      conversation: summary("c1"),
      messages: [message(1), message(2, "bot")],
      events: [],
      notes: [],
      more: false,
    },
    "GET conversations/c1/player": 502,
    "POST conversations/c1/read": {},
    "POST logout": {},
  };
});
afterEach(async () => {
  await store.logout();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("logging in", () => {
  it("fetches queue and conversations once the socket is ready", async () => {
    await begin();
    expect(store.queue.value.map((one) => one.id)).toEqual(["q1"]);
    expect(store.mine.value.map((one) => one.id)).toEqual(["c1"]);
  });

  it("sends the token of the session with changes", async () => {
    await begin();
    await openMine();
    store.seen(opened("c1"));
    await settle();
    const read = calls.find((one) => one.call === "POST conversations/c1/read");
    expect(read?.headers["X-CSRF-Token"]).toBe("csrf-1");
    expect(read?.body).toEqual({ seq: 2 });
  });

  it("goes back to the log-in when the session has ended", async () => {
    await begin();
    answers["GET queue"] = "logged out";
    FakeSocket.last.say({ type: "queue", length: 2 });
    await settle();
    expect(store.session.value).toBeNull();
    expect(store.expired.value).toBe(true);
    expect(store.mine.value).toEqual([]);
  });
});

describe("live", () => {
  it("takes messages by number, once", async () => {
    await begin();
    const chat = await openMine();
    const frame = { type: "message", conversation: "c1", message: message(3) };
    FakeSocket.last.say(frame, frame);
    expect(chat.messages.value.map((m) => m.seq)).toEqual([1, 2, 3]);
    expect(store.mine.value[0]?.unread).toBe(1);
    store.seen(chat);
    expect(store.unread.value).toBe(0);
  });

  it("fetches what lies in a gap", async () => {
    await begin();
    const chat = await openMine();
    answers["GET conversations/c1/messages?after=2&limit=200"] = {
      messages: [message(3), message(4)],
      more: true,
    };
    answers["GET conversations/c1/messages?after=4&limit=200"] = { messages: [message(5)], more: false };
    FakeSocket.last.say({ type: "message", conversation: "c1", message: message(5) });
    await settle();
    expect(chat.messages.value.map((m) => m.seq)).toEqual([1, 2, 3, 4, 5]);
  });

  it("fetches everything anew after a lost connection", async () => {
    await begin();
    const chat = await openMine();
    answers["GET queue"] = { entries: [], length: 0 };
    answers["GET conversations"] = { entries: [summary("c1", { seq: 3 })] };
    answers["GET conversations/c1/messages?after=2&limit=200"] = { messages: [message(3)], more: false };
    FakeSocket.last.cut();
    expect(store.link.value).toBe("offline");
    await vi.advanceTimersByTimeAsync(600);
    await ready(store);
    expect(store.queue.value).toEqual([]);
    expect(chat.messages.value.map((m) => m.seq)).toEqual([1, 2, 3]);
  });

  it("says so when a conversation leaves", async () => {
    await begin();
    FakeSocket.last.say({ type: "conversation", conversation: waiting("c1") });
    expect(store.mine.value).toEqual([]);
    expect(store.toasts.value.map((toast) => [toast.kind, toast.name])).toEqual([["left", "小满"]]);
  });
});

it("giving back opens the next one, and asks for nothing that is no longer ours", async () => {
  answers["GET conversations"] = { entries: [summary("c1"), summary("c2")] };
  answers["POST conversations/c1/release"] = {
    conversation: summary("c1", { state: "bot", agent: null, seq: 3 }),
  };
  await begin();
  await openMine();
  await store.change("c1", "release");
  await settle();
  expect(store.mine.value.map((one) => one.id)).toEqual(["c2"]);
  expect(store.openId.value).toBe("c2");
  expect(calls.filter((one) => one.call.includes("c1/messages"))).toEqual([]);
  expect(store.toasts.value).toEqual([]);
});

describe("claiming", () => {
  it("moves a conversation from the queue to mine and opens it", async () => {
    await begin();
    answers["POST conversations/q1/claim"] = { conversation: summary("q1") };
    answers["GET queue"] = { entries: [], length: 0 };
    await store.change("q1", "claim");
    expect(store.queue.value).toEqual([]);
    expect(store.mine.value.map((one) => one.id)).toEqual(["c1", "q1"]);
    expect(store.openId.value).toBe("q1");
  });

  it("tells when a colleague was faster, and looks at the queue again", async () => {
    await begin();
    answers["POST conversations/q1/claim"] = 409;
    answers["GET queue"] = { entries: [], length: 0 };
    await store.change("q1", "claim");
    await settle();
    expect(store.toasts.value[0]?.error?.code).toBe("code_409");
    expect(store.queue.value).toEqual([]);
    expect(store.mine.value.map((one) => one.id)).toEqual(["c1"]);
  });
});

describe("answering", () => {
  const SAY = "POST conversations/c1/messages";

  it("tries again with the same id, in order, when the network fails", async () => {
    await begin();
    const chat = await openMine();
    chat.say("one");
    chat.say("two");
    await settle();
    expect(bodies(SAY)).toHaveLength(1);
    answers[SAY] = [
      { message: message(3, "agent", { text: "one" }) },
      { message: message(4, "agent", { text: "two" }) },
    ];
    await vi.advanceTimersByTimeAsync(2_000);
    const [first, again, second] = bodies(SAY) as { id: string; text: string }[];
    expect(again).toEqual(first);
    expect(second?.text).toBe("two");
    expect(chat.sending.value).toEqual([]);
    expect(chat.messages.value.map((m) => m.text)).toEqual(["text 1", "text 2", "one", "two"]);
  });

  it("shows a message once though it comes by socket and by answer", async () => {
    await begin();
    const chat = await openMine();
    chat.say("hello");
    await settle();
    const { id } = bodies(SAY)[0] as { id: string };
    FakeSocket.last.say({ type: "message", conversation: "c1", message: message(3, "agent", { id }) });
    expect(chat.sending.value).toEqual([]);
    expect(chat.messages.value.map((m) => m.seq)).toEqual([1, 2, 3]);
  });

  it("keeps what was refused, with the reason, for another try", async () => {
    await begin();
    const chat = await openMine();
    answers[SAY] = 403;
    chat.say("too late");
    await settle();
    expect(chat.sending.value.map((item) => item.problem?.code)).toEqual(["code_403"]);
    answers[SAY] = { message: message(3, "agent") };
    chat.retry(chat.sending.value[0]?.id ?? "");
    await settle();
    expect(chat.sending.value).toEqual([]);
  });
});
