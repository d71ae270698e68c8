import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DeskApi } from "../../src/desk/api/client";
import { DeskStore } from "../../src/desk/store/desk";
import { Facts } from "../../src/desk/ui/tickets/facts";

const desk = new DeskStore(new DeskApi());
let root: HTMLElement;
const show = (facts: [string, unknown][], conversation: string | null = "c1", owner = "") =>
  render(<Facts desk={desk} facts={facts} conversation={conversation} owner={owner} />, root);

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
});
afterEach(() => {
  render(null, root);
  root.remove();
});

describe("the facts of a ticket", () => {
  it("show a calculation line by line", () => {
    const lines = ["2026-11-01 · 648 元 · 超过单笔上限 50 元", "按规则可退 648 元"];
    show([["calculation", { rules: "1", refundable_fen: 64800, orders: [], lines }]]);
    expect([...root.querySelectorAll("li")].map((item) => item.textContent)).toEqual(lines);
    expect(root.textContent).toContain("按规则计算");
    expect(root.textContent).not.toContain("refundable_fen");
  });

  it("show papers as pictures of the conversation", () => {
    show([["papers", { relation: "p1", payment: "p2" }]]);
    const pictures = [...root.querySelectorAll("img")].map((image) => image.getAttribute("src"));
    expect(pictures).toEqual([
      "/desk/api/conversations/c1/pictures/p1?size=small",
      "/desk/api/conversations/c1/pictures/p2?size=small",
    ]);
    expect(root.textContent).toContain("付款凭证");
  });

  it("show a refused picture once the ticket has another owner", async () => {
    const facts: [string, unknown][] = [["papers", { relation: "p1" }]];
    await act(() => {
      show(facts);
    });
    await act(() => {
      root.querySelector("img")?.dispatchEvent(new Event("error"));
    });
    expect(root.querySelector("img")).toBeNull();
    await act(() => {
      show(facts, "c1", "open 2");
    });
    expect(root.querySelector("img")).not.toBeNull();
  });

  it("are in words: labels, pictures, grounds, what the client reports", () => {
    show([
      ["why", "没开挂"],
      ["appeal", true],
      ["ban", "封号：使用第三方外挂（编号 1）"],
      ["picture", "picture"],
      ["grounds", "legal, press"],
      ["client", { os: "Linux", screen: "390x844@1" }],
    ]);
    expect([...root.querySelectorAll("dt")].map((item) => item.textContent)).toEqual([
      "申诉理由",
      "申诉",
      "处罚",
      "图片",
      "重大的理由",
      "客户端",
    ]);
    expect([...root.querySelectorAll("dd")].map((item) => item.textContent)).toEqual([
      "没开挂",
      "是",
      "封号：使用第三方外挂（编号 1）",
      "已发图，见会话",
      "提到律师、法院、提到媒体曝光",
      "系统 Linux，屏幕 390x844@1",
    ]);
  });

  it("leave out what is empty, and show no pictures of an erased conversation", () => {
    show(
      [
        ["papers_missing", []],
        ["words", ""],
        ["papers", { relation: "p1" }],
        ["deliver", false],
      ],
      null,
    );
    expect(root.querySelectorAll("dt")).toHaveLength(2);
    expect(root.querySelectorAll("img")).toHaveLength(0);
    expect(root.textContent).toContain("否");
  });
});
