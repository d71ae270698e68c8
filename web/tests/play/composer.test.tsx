import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChatSession } from "../../src/play/protocol/session";
import { Composer } from "../../src/play/ui/composer";

/** A press of Enter; happy-dom does not pass `isComposing` on. */
const enter = (more: Record<string, unknown> = {}) =>
  Object.assign(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }), more);
const tick = () => new Promise((done) => setTimeout(done, 0));

let root: HTMLElement;
let session: ChatSession;
const field = () => {
  const found = root.querySelector("textarea");
  if (!found) throw new Error("no field");
  return found;
};
const type = async (text: string) => {
  field().value = text;
  field().dispatchEvent(new InputEvent("input", { bubbles: true }));
  await tick();
};
const press = async (event: KeyboardEvent) => {
  field().dispatchEvent(event);
  await tick();
};
const sent = () => session.outgoing.value.map((item) => item.text);

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
  session = new ChatSession(
    { kind: "demo", get: () => Promise.resolve(""), renew: () => false },
    { store: null },
  );
  render(<Composer session={session} />, root);
});
afterEach(() => {
  render(null, root);
  root.remove();
});

describe("the composer", () => {
  it("sends with Enter and empties itself", async () => {
    await type("  充错了 ");
    await press(enter());
    expect(sent()).toEqual(["充错了"]);
    expect(field().value).toBe("");
  });

  it("does not send with the Enter of an input method, nor with Shift", async () => {
    await type("chongzhi");
    await press(enter({ isComposing: true }));
    await press(enter({ keyCode: 229 }));
    await press(new KeyboardEvent("keydown", { key: "Enter", shiftKey: true, bubbles: true }));
    expect(sent()).toEqual([]);
  });

  it("sends nothing empty and nothing over 2,000 characters", async () => {
    await press(enter());
    await type("字".repeat(2001));
    await press(enter());
    expect(sent()).toEqual([]);
    expect(root.querySelector("#composer-count")?.textContent).toContain("1");
    await type("😀".repeat(2000));
    await press(enter());
    expect(sent()).toEqual(["😀".repeat(2000)]);
  });

  it("asks for a human from the menu", async () => {
    root.querySelector<HTMLButtonElement>("[aria-expanded]")?.click();
    await tick();
    root.querySelector<HTMLButtonElement>(".choice.strong")?.click();
    expect(session.outgoing.value).toMatchObject([{ text: "转人工", payload: "/request_human" }]);
  });
});
