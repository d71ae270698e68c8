import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readPlayer } from "../../src/desk/api/read";
import { RecordView } from "../../src/desk/ui/player";

let root: HTMLElement;
beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
});
afterEach(() => {
  render(null, root);
  root.remove();
});

const show = (profile: object, recharge: object = {}) => {
  const about = { id: "p1", name: "阿燕", role: "燕无双", server: "一区", wallet: {}, ...profile };
  const order = {
    order_no: "20261120",
    product: "1280 钻石",
    amount_fen: 12_800,
    status: "delivered",
    paid_at: "2026-11-20T02:00:00Z",
    ...recharge,
  };
  render(<RecordView record={readPlayer({ profile: about, recharges: [order] })} />, root);
};

describe("the player's record", () => {
  it("says that the account is frozen, and since when", () => {
    show({ frozen_at: "2026-11-25T02:30:00Z" });
    const note = root.querySelector("[role=note]")?.textContent ?? "";
    expect(note).toContain("账号已冻结");
    expect(note).toMatch(/2026-11-2\d \d\d:30/);
  });

  it("says nothing of a freeze that is over", () => {
    show({ frozen_at: null });
    expect(root.querySelector("[role=note]")).toBeNull();
  });

  it("says when a recharge came that was long on its way, and only then", () => {
    show({}, { delivered_at: "2026-11-20T05:07:00Z" });
    expect(root.textContent).toMatch(/到账 2026-11-20 \d\d:07/);
    show({}, { delivered_at: "2026-11-20T02:00:04Z" });
    expect(root.querySelector(".recharge-more")?.textContent).not.toContain("到账");
  });
});
