import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DeskApi } from "../../src/desk/api/client";
import { DeskStore } from "../../src/desk/store/desk";
import { RefundStore } from "../../src/desk/store/refunds";
import { RefundsView } from "../../src/desk/ui/refunds/view";
import { FakeSocket } from "../fake-socket";

const AT = "2026-11-25T02:00:00.000Z";
const refund = (id: number, more = {}) => ({
  id,
  order_no: `20261125${id}`,
  conversation: "c1",
  player: { id: "p1012", name: "金元宝", server: "云起江湖1区", vip: 4 },
  amount_fen: 199_800,
  currency: "CNY",
  units: 19_980,
  facts: {
    wish: "mistaken",
    channel: "alipay",
    amount_fen: 199_800,
    granted: 19_980,
    consumed: 0,
    balance: null,
    paid_at: AT,
    registered_at: AT,
    vip: 4,
    age: null,
    double_charge: false,
    earlier_refunds: [AT],
    refused_before: false,
    accounts_on_device: 9,
    accounts_of_payer: null,
  },
  decision: { rules: ["large", "rule_of_the_studio"], risk: 60, policy: "7" },
  open_approvals: ["lead"],
  votes: [],
  ticket: "XR-261125-0001",
  promised_at: AT,
  created_at: AT,
  may_approve: true,
  may_reject: true,
  ...more,
});

let answers: Record<string, unknown>;
let calls: { call: string; body: unknown }[];
const fakeFetch = (url: string, init: RequestInit) => {
  const call = `${init.method ?? "GET"} ${url.replace("/desk/api/", "")}`;
  calls.push({ call, body: typeof init.body === "string" ? JSON.parse(init.body) : null });
  const answer = answers[call];
  if (answer === undefined) return Promise.reject(new TypeError(`no answer for ${call}`));
  if (typeof answer === "number")
    return Promise.resolve(new Response(JSON.stringify({ code: "other_person_needed" }), { status: answer }));
  return Promise.resolve(new Response(JSON.stringify(answer), { status: 200 }));
};
const bodies = (call: string) => calls.filter((one) => one.call === call).map((one) => one.body);
const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

let desk: DeskStore;
let store: RefundStore;
let root: HTMLElement;
let opened: string[];
const button = (name: string): HTMLButtonElement => {
  const found = [...root.querySelectorAll("button")].find((one) => one.textContent.trim() === name);
  if (!found) throw new Error(`no button ${name}: ${root.textContent}`);
  return found;
};
const show = async () => {
  render(<RefundsView store={store} openTicket={(number) => opened.push(number)} />, root);
  await settle(200);
};

beforeEach(() => {
  vi.useFakeTimers({ now: new Date(AT) });
  vi.stubGlobal("fetch", fakeFetch);
  FakeSocket.all = [];
  calls = [];
  opened = [];
  answers = {
    "GET me": { agent: { id: 1, login: "bob", name: "阿福", role: "lead" }, csrf_token: "csrf" },
    "GET queue": { entries: [], length: 0 },
    "GET conversations": { entries: [] },
    "GET refunds": { refunds: [refund(1)] },
    "POST refunds/1/approve": { state: "executed", order_no: "202611251" },
    "POST refunds/1/reject": { state: "rejected", order_no: "202611251" },
    "POST logout": {},
  };
  root = document.createElement("div");
  document.body.append(root);
  desk = new DeskStore(new DeskApi(), FakeSocket.connect);
  store = new RefundStore(desk);
});
afterEach(async () => {
  render(null, root);
  root.remove();
  await desk.logout();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("refunds that wait for people", () => {
  it("shows amount, facts and why people decide; a rule of the studio by its id", async () => {
    await show();
    for (const words of ["¥1,998.00", "金元宝", "金额较大", "rule_of_the_studio", "60", "未知", "组长"])
      expect(root.textContent).toContain(words);
    expect(root.querySelector(".refund-risk")?.className).toContain("hot");
    expect([...root.querySelectorAll(".odd dt")].map((one) => one.textContent)).toEqual(["同设备账号"]);
    button("工单 XR-261125-0001").click();
    expect(opened).toEqual(["XR-261125-0001"]);
  });

  it("approves, says what came of it and looks again", async () => {
    await show();
    answers["GET refunds"] = { refunds: [] };
    button("同意退款").click();
    await settle();
    expect(bodies("POST refunds/1/approve")).toEqual([{ reason: "" }]);
    expect(root.textContent).toContain("订单 202611251 已退款");
    expect(root.textContent).toContain("没有等待审核的退款");
  });

  it("rejects only with a reason", async () => {
    await show();
    expect(button("不同意").disabled).toBe(true);
    store.write(1, "  ");
    await settle();
    expect(button("不同意").disabled).toBe(true);
    store.write(1, " 不是本人付款 ");
    await settle();
    button("不同意").click();
    await settle();
    expect(bodies("POST refunds/1/reject")).toEqual([{ reason: "不是本人付款" }]);
  });

  it("asks once, however often the button is pressed", async () => {
    await show();
    button("同意退款").click();
    button("同意退款").click();
    await settle();
    expect(bodies("POST refunds/1/approve")).toHaveLength(1);
  });

  it("says who has approved, and that a colleague has to confirm", async () => {
    const vote = { agent: "阿福", role: "lead", approved: true, reason: "核对过", at: AT };
    const more = { votes: [vote], open_approvals: ["supervisor"], may_approve: false, may_reject: false };
    answers["GET refunds"] = { refunds: [refund(1, more)] };
    await show();
    expect(root.textContent).toContain("阿福（组长）同意");
    expect(root.textContent).toContain("还需要：主管");
    expect(root.textContent).toContain("需要另一位同事复核");
    expect(store.mine.value).toBe(0);
  });

  it("tells of a refusal and stays", async () => {
    await show();
    answers["POST refunds/1/approve"] = 403;
    button("同意退款").click();
    await settle();
    expect(desk.toasts.value.map((one) => one.error?.code)).toEqual(["other_person_needed"]);
    expect(store.busy.value).toBeNull();
  });

  it("looks again when tickets change, and forgets with the log-out", async () => {
    await desk.begin();
    FakeSocket.last.open();
    FakeSocket.last.say({ type: "ready" });
    await settle(2000);
    expect(store.mine.value).toBe(1);
    answers["GET refunds"] = { refunds: [] };
    FakeSocket.last.say({ type: "tickets" });
    FakeSocket.last.say({ type: "tickets" });
    await settle(2000);
    expect(store.pending.value).toEqual([]);
    expect(bodies("GET refunds")).toHaveLength(2);
    await desk.logout();
    expect(store.loaded.value).toBe(false);
  });
});
