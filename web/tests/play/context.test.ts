import { afterEach, describe, expect, it } from "vitest";
import { readContext, readUserAgent } from "../../src/play/protocol/context";

const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148";
const WEBVIEW =
  "Mozilla/5.0 (Linux; Android 14; 23113RKC6C Build/UKQ1.230804.001; wv) AppleWebKit/537.36 Chrome/120.0 Mobile";
const REDUCED = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36";

afterEach(() => {
  delete window.XiaoerGame;
  history.replaceState(null, "", "/play");
});

describe("the user agent", () => {
  it("names device and system", () => {
    expect(readUserAgent(IPHONE)).toEqual({ device: "iPhone", os: "iOS 17.5" });
    expect(readUserAgent(WEBVIEW)).toEqual({ device: "23113RKC6C", os: "Android 14" });
    expect(readUserAgent(REDUCED)).toEqual({ device: "", os: "Android 10" });
    expect(readUserAgent("Mozilla/5.0 (Windows NT 10.0; Win64; x64)")).toEqual({ device: "", os: "Windows" });
    expect(readUserAgent("")).toEqual({ device: "", os: "" });
  });
});

describe("the context", () => {
  it("prefers client hints, and asks the connection", async () => {
    const context = await readContext({
      userAgent: REDUCED,
      userAgentData: {
        platform: "Android",
        getHighEntropyValues: () => Promise.resolve({ model: "Pixel 8", platformVersion: "15.0.0" }),
      },
      connection: { type: "wifi" },
    });
    expect(context).toMatchObject({ device: "Pixel 8", os: "Android 15.0.0", network: "wifi" });
  });

  it("believes the game more than the browser, and the bridge more than the address", async () => {
    history.replaceState(null, "", "/play?region=cn-east#token=abc&app_version=3.2.0&device=old");
    window.XiaoerGame = {
      getToken: () => Promise.resolve("x"),
      getContext: () => Promise.resolve({ device: "Xiaomi 14" }),
    };
    const context = await readContext({ userAgent: IPHONE });
    expect(context).toMatchObject({ app_version: "3.2.0", region: "cn-east", device: "Xiaomi 14" });
    expect(context).not.toHaveProperty("token");
  });

  it("survives a bridge and hints that fail, and shortens what is too long", async () => {
    window.XiaoerGame = {
      getToken: () => Promise.resolve("x"),
      getContext: () => Promise.reject(new Error("no")),
    };
    const context = await readContext({
      userAgent: WEBVIEW,
      userAgentData: { getHighEntropyValues: () => Promise.reject(new Error("no")) },
      connection: { type: "x".repeat(200) },
    });
    expect(context.device).toBe("23113RKC6C");
    expect(context.network).toHaveLength(64);
  });
});
