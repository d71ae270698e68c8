import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DeskApi } from "../../src/desk/api/client";
import { readTicket } from "../../src/desk/api/tickets";
import { DeskStore } from "../../src/desk/store/desk";
import { TicketStore } from "../../src/desk/store/tickets";
import { now } from "../../src/desk/ui/clock";
import { span } from "../../src/desk/ui/tickets/badges";
import { factText } from "../../src/desk/ui/tickets/facts";
import { stepName } from "../../src/desk/ui/tickets/history";
import { TicketList } from "../../src/desk/ui/tickets/list";
import { TicketPane } from "../../src/desk/ui/tickets/ticket";
import { FakeSocket } from "../fake-socket";

const AT = "2026-11-22T12:00:00.000Z";
const ticket = (number: string, more = {}) => ({
  number,
  category: "complaint",
  intent: "complaint_scam",
  priority: 2,
  state: "new",
  summary: `summary of ${number}`,
  facts: { who: "黑风", ok: true },
  conversation: "c1",
  player: { id: "p1", name: "小满", vip: 7 },
  agent: null,
  news: false,
  opened_by: "bot",
  promised_at: "2026-11-22T18:00:00.000Z",
  escalated_at: null,
  created_at: AT,
  updated_at: AT,
  history: [{ at: AT, kind: "opened", actor: "bot", name: "", public: true, text: "", data: {} }],
  ...more,
});
const page = (...numbers: string[]) => ({
  tickets: numbers.map((number) => ticket(number)),
  total: numbers.length,
  counts: { mine: 0, unassigned: numbers.length, overdue: 2, open: numbers.length },
});
const A = "XR-261122-0001";
const B = "XR-261122-0002";

/** What the fake server answers by "METHOD path"; a number is a refusal with that status. */
let answers: Record<string, unknown>;
let calls: { call: string; body: unknown }[];
const fakeFetch = (url: string, init: RequestInit) => {
  const call = `${init.method ?? "GET"} ${url.replace("/desk/api/", "")}`;
  calls.push({ call, body: typeof init.body === "string" ? JSON.parse(init.body) : null });
  const answer = answers[call];
  if (answer === undefined) return Promise.reject(new TypeError(`no answer for ${call}`));
  if (typeof answer === "number")
    return Promise.resolve(new Response(JSON.stringify({ code: `code_${answer}` }), { status: answer }));
  return Promise.resolve(new Response(JSON.stringify(answer), { status: 200 }));
};
const bodies = (call: string) => calls.filter((one) => one.call === call).map((one) => one.body);
const settle = () => vi.advanceTimersByTimeAsync(0);

let desk: DeskStore;
let store: TicketStore;
let root: HTMLElement;
const logIn = async (role = "agent") => {
  answers["GET me"] = { agent: { id: 1, login: "lili", name: "丽丽", role }, csrf_token: "csrf" };
  await desk.begin();
  FakeSocket.last.open();
  FakeSocket.last.say({ type: "ready" });
  await settle();
};
const button = (name: string): HTMLButtonElement => {
  const found = [...root.querySelectorAll("button")].filter((one) => one.textContent.trim().startsWith(name));
  if (!found[0]) throw new Error(`no button ${name}: ${root.textContent}`);
  return found[0];
};
const field = (): HTMLTextAreaElement => {
  const found = root.querySelector("textarea");
  if (!found) throw new Error("no field");
  return found;
};

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-22T15:00:00.000Z") });
  now.value = Date.now();
  vi.stubGlobal("fetch", fakeFetch);
  FakeSocket.all = [];
  calls = [];
  answers = {
    "GET queue": { entries: [], length: 0 },
    "GET conversations": { entries: [] },
    "GET tickets?box=mine&offset=0": page(A, B),
    "GET tickets?box=unassigned&offset=0": page(B),
    [`GET tickets/${A}`]: { ticket: ticket(A), messages: [] },
    [`GET tickets/${B}`]: { ticket: ticket(B), messages: [] },
    "GET agents": { agents: [{ id: 1, name: "丽丽", role: "lead" }] },
    "POST logout": {},
  };
  root = document.createElement("div");
  document.body.append(root);
  desk = new DeskStore(new DeskApi(), FakeSocket.connect);
  store = new TicketStore(desk);
});
afterEach(async () => {
  render(null, root);
  root.remove();
  await desk.logout();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const list = async () => {
  render(<TicketList store={store} />, root);
  await vi.advanceTimersByTimeAsync(200); // effects wait for a frame
};

describe("the list of tickets", () => {
  it("shows number, state, time and who, and what is overdue in the counts", async () => {
    await logIn();
    await list();
    expect(root.textContent).toContain("XR-261122-0001");
    expect(root.textContent).toContain("待处理");
    expect(root.textContent).toContain("剩 3 小时");
    expect(root.textContent).toContain("小满");
    expect(button("超时").className).toContain("alarm");
    expect(store.overdue.value).toBe(2);
  });

  it("changes the box, and never shows another box's tickets meanwhile", async () => {
    await logIn();
    await list();
    store.choose("unassigned");
    expect(store.page.value?.tickets).toEqual([]);
    expect(root.textContent).not.toContain("没有等人领取的工单");
    await settle();
    expect(store.page.value?.tickets.map((one) => one.number)).toEqual([B]);
  });

  it("looks for words everywhere, once the agent stops typing, and only the last answer counts", async () => {
    await logIn();
    answers["GET tickets?q=0001&box=all&offset=0"] = page(A);
    store.narrow({ words: "00" });
    store.narrow({ words: "0001 " });
    await vi.advanceTimersByTimeAsync(300);
    expect(calls.filter((one) => one.call.includes("q=")).map((one) => one.call)).toEqual([
      "GET tickets?q=0001&box=all&offset=0",
    ]);
    expect(store.page.value?.tickets.map((one) => one.number)).toEqual([A]);
  });

  it("looks again when the server says that tickets changed, at most every now and then", async () => {
    await logIn();
    await vi.advanceTimersByTimeAsync(5_000);
    const before = calls.length;
    for (let n = 0; n < 5; n++) FakeSocket.last.say({ type: "tickets" });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(calls.length).toBe(before + 1);
  });
});

describe("one ticket", () => {
  const open = async (more = {}, role = "agent") => {
    await logIn(role);
    answers[`GET tickets/${A}`] = { ticket: ticket(A, more), messages: [] };
    await store.open(A);
    render(<TicketPane desk={desk} store={store} />, root);
    await settle();
  };

  it("is taken with one press", async () => {
    await open();
    answers[`POST tickets/${A}/state`] = { ticket: ticket(A, { state: "working" }) };
    button("我来处理").click();
    await settle();
    expect(bodies(`POST tickets/${A}/state`)).toEqual([{ change: "start", note: "" }]);
  });

  it("is resolved with words only, by the button and never by Enter", async () => {
    await open({ state: "working", agent: { id: 1, name: "丽丽" } });
    store.write("resolve");
    await settle();
    expect(button("告诉玩家，完成").disabled).toBe(true);
    field().value = "修好了";
    field().dispatchEvent(new InputEvent("input", { bubbles: true }));
    await settle();
    field().dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    await settle();
    expect(bodies(`POST tickets/${A}/state`)).toEqual([]);
    answers[`POST tickets/${A}/state`] = { ticket: ticket(A, { state: "resolved" }) };
    button("告诉玩家，完成").click();
    await settle();
    expect(bodies(`POST tickets/${A}/state`)).toEqual([{ change: "resolve", note: "修好了" }]);
    expect(store.draft.value).toBe("");
  });

  it("keeps what was written when the server refuses, and says why", async () => {
    await open({ state: "working" });
    answers[`POST tickets/${A}/tell`] = 409;
    store.draft.value = "进展";
    expect(await store.send(24)).toBe(false);
    expect(store.draft.value).toBe("进展");
    expect(desk.toasts.value.map((toast) => toast.error?.code)).toEqual(["code_409"]);
  });

  it("keeps a draft for each ticket", async () => {
    await open();
    store.draft.value = "还没写完";
    await store.open(B);
    expect(store.draft.value).toBe("");
    await store.open(A);
    expect(store.draft.value).toBe("还没写完");
  });

  it("lets leads choose who works on it, and agents see it", async () => {
    await open({ agent: { id: 2, name: "小王" } });
    expect(root.querySelector(".assignee select")).toBeNull();
    expect(root.textContent).toContain("处理人 小王");
    render(null, root);
    desk.session.value = { agent: { id: 9, login: "boss", name: "老周", role: "lead" }, csrfToken: "" };
    await store.open(A);
    render(<TicketPane desk={desk} store={store} />, root);
    await settle();
    expect(root.querySelector(".assignee select")).not.toBeNull();
  });

  it("says what is the matter when the supervisor has it", async () => {
    await open({ promised_at: null, escalated_at: AT });
    expect(root.textContent).toContain("已升级主管");
    expect(root.textContent).toContain("玩家只知道主管在跟进");
  });

  it("is opened from a conversation once, however often it is pressed", async () => {
    await logIn();
    answers["POST conversations/c1/tickets"] = { ticket: ticket(A) };
    answers["GET tickets?box=all&conversation=c1&limit=20"] = page(A);
    const wanted = { intent: "technical_crash", summary: "闪退" };
    await store.create("c1", wanted, "same");
    await store.create("c1", wanted, "same");
    expect(bodies("POST conversations/c1/tickets")).toEqual([
      { id: "same", ...wanted },
      { id: "same", ...wanted },
    ]);
    expect(store.ofPlayer.value.map((one) => one.number)).toEqual([A]);
  });

  it("forgets everything when the agent logs out", async () => {
    await open();
    await desk.logout();
    expect([store.page.value, store.view.value, store.number.value]).toEqual([null, null, null]);
  });
});

describe("words", () => {
  it("names each step", () => {
    const step = (kind: string, data = {}, isPublic = false) =>
      stepName({ at: new Date(AT), kind, actor: "bot", name: "", public: isPublic, text: "", data });
    expect(step("state", { state: "waiting" })).toBe("状态变为「等玩家补充」");
    expect(step("assigned", { name: "丽丽" })).toBe("交给 丽丽");
    expect(step("assigned", { name: null })).toBe("放回待领取");
    expect(step("priority", { priority: 3 })).toBe("优先级改为「特急」");
    expect(step("note", {}, true)).toBe("告诉玩家");
    expect(step("note")).toBe("备注");
    expect(step("unheard_of")).toBe("建单");
  });

  it("tells spans as a planner needs them", () => {
    expect([30_000, 89 * 60_000, 3 * 3_600_000, 72 * 3_600_000].map(span)).toEqual([
      "1 分钟",
      "89 分钟",
      "3 小时",
      "3 天",
    ]);
  });

  it("shows what was collected without the machine's spelling", () => {
    expect(factText("client", { device: "小米14", network: "wifi" })).toBe("机型 小米14，网络 wifi");
    expect(factText("try_restart", false)).toBe("否");
    expect(factText("chosen_over_fen", 64800)).toContain("648");
    expect(factText("papers_missing", ["guardian", "other"])).toBe("监护人身份证、other");
    expect(factText("pictures", ["a", "b"])).toBe("a、b");
  });

  it("reads nonsense as something harmless", () => {
    expect(readTicket({ priority: 99, state: "lost", facts: null, history: "x" })).toMatchObject({
      priority: 3,
      state: "new",
      facts: [],
      history: [],
      agent: null,
    });
  });
});
