import { expect, it } from "vitest";
import { entityText } from "../../src/desk/ui/entity-text";

const shown = (value: unknown) => entityText({ name: "any", value });

it("shows amounts as money", () => {
  expect(shown({ min_fen: 64_800, max_fen: 64_800 })).toBe("¥648.00");
  expect(shown({ min_fen: 60_000, max_fen: 69_900 })).toBe("¥600.00 – ¥699.00");
});

it("shows times as the agent's clock has them", () => {
  const from = new Date(2026, 10, 21, 18, 0).toISOString();
  const to = new Date(2026, 10, 22, 0, 0).toISOString();
  expect(shown({ from, to })).toBe("2026-11-21 18:00 – 2026-11-22 00:00");
});

it("shows everything else as it is", () => {
  expect(shown("江南")).toBe("江南");
  expect(shown(67)).toBe("67");
  expect(shown({ odd: 1 })).toBe('{"odd":1}');
  expect(shown(null)).toBe("");
});
