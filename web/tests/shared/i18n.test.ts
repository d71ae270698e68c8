import { beforeEach, expect, it } from "vitest";
import { chooseLocale, locale } from "../../src/shared/i18n/locale";
import { money } from "../../src/shared/i18n/money";
import { friendlyTime, stopwatch } from "../../src/shared/i18n/time";
import { Backoff } from "../../src/shared/net/backoff";

beforeEach(() => (locale.value = "zh-CN"));

it("takes the first language that there is, else Chinese", () => {
  expect(chooseLocale(null, "fr", "en-GB", "zh-TW")).toBe("en");
  expect(chooseLocale("zh_Hant", "en")).toBe("zh-CN");
  expect(chooseLocale("fr", undefined)).toBe("zh-CN");
});

it("names times by the reader's day", () => {
  const now = new Date(2026, 10, 22, 0, 30);
  expect(friendlyTime(new Date(2026, 10, 22, 0, 10), now)).toBe("00:10");
  expect(friendlyTime(new Date(2026, 10, 21, 23, 50), now)).toBe("昨天 23:50");
  expect(friendlyTime(new Date(2026, 10, 18, 9, 5), now)).toBe("周三 09:05");
  expect(friendlyTime(new Date(2026, 9, 1, 9, 5), now)).toBe("10月1日 09:05");
  expect(friendlyTime(new Date(2025, 9, 1, 9, 5), now)).toBe("2025年10月1日 09:05");
});

it("counts waiting time", () => {
  expect(stopwatch(-5)).toBe("0:00");
  expect(stopwatch(187_000)).toBe("3:07");
  expect(stopwatch(3_750_000)).toBe("1:02:30");
});

it("writes money from fen, and unknown currencies too", () => {
  expect(money(64_800)).toBe("¥648.00");
  expect(money(5, "??")).toBe("0.05 ??");
});

it("backs off to a limit and begins anew", () => {
  const backoff = new Backoff(500, 20_000, () => 0);
  expect(Array.from({ length: 8 }, () => backoff.next())).toEqual([
    500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000,
  ]);
  backoff.reset();
  expect(backoff.next()).toBe(500);
});
