import { record, text, type Json } from "../../shared/check";

/** What the client says of itself in a `context` frame (docs/protocol-ingame.md). */
export type Context = Partial<Record<(typeof FIELDS)[number], string>>;

const FIELDS = ["app_version", "device", "os", "network", "region", "screen"] as const;
const MAX = 64;

/** The part of the browser that tells about the device; all of it may be missing. */
interface Hints {
  userAgent: string;
  userAgentData?: { platform?: string; getHighEntropyValues?: (hints: string[]) => Promise<Json> };
  connection?: { type?: string };
}

/** What the game knows better than the browser: the address (`?app_version=…` or `#token=…&app_version=…`), then
 * the bridge's `getContext()`. */
const fromGame = async (): Promise<Json> => {
  const address = [location.search, location.hash].map((part) => new URLSearchParams(part.slice(1)));
  const said = Object.fromEntries(address.flatMap((part) => [...part]));
  try {
    return { ...said, ...record(await window.XiaoerGame?.getContext?.()) };
  } catch {
    return said;
  }
};

/** Device and system as the user agent names them: browsers without client hints, WebViews of old. */
export const readUserAgent = (agent: string): { device: string; os: string } => {
  const apple = /\((iPhone|iPad|iPod)[^)]*? OS (\d+)[_.](\d+)/.exec(agent);
  if (apple) return { device: apple[1] ?? "", os: `iOS ${apple[2]}.${apple[3]}` };
  const android = /Android (\d+(?:\.\d+)*)(?:; (?!wv\b)([^;)]+?))?(?: Build\/[^;)]*)?[;)]/.exec(agent);
  if (android) return { device: android[2] === "K" ? "" : (android[2] ?? ""), os: `Android ${android[1]}` };
  const desktop = /Windows|Macintosh|CrOS|Linux/.exec(agent)?.[0] ?? "";
  return { device: "", os: desktop === "Macintosh" ? "macOS" : desktop };
};

const fromBrowser = async (browser: Hints): Promise<Context> => {
  const read = readUserAgent(browser.userAgent);
  const data = browser.userAgentData;
  let device = read.device;
  let os = read.os;
  try {
    const hints = record(await data?.getHighEntropyValues?.(["model", "platformVersion"]));
    device = text(hints.model) || device;
    if (data?.platform) os = `${data.platform} ${text(hints.platformVersion)}`.trim();
  } catch {
    // The browser keeps it to itself.
  }
  return {
    device,
    os,
    network: text(browser.connection?.type),
    screen: `${screen.width}x${screen.height}@${devicePixelRatio}`,
  };
};

/** What is known about the device, without what is empty. Never fails: nobody needs it to chat. */
export const readContext = async (browser: Hints = navigator): Promise<Context> => {
  const known: Json = { ...(await fromBrowser(browser)), ...(await fromGame()) };
  const named = FIELDS.map((field) => [field, text(known[field]).trim().slice(0, MAX)] as const);
  return Object.fromEntries(named.filter(([, value]) => value !== ""));
};
