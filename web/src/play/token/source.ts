import { FatalError } from "../../shared/net/live-socket";
import { list, record, text } from "../../shared/check";
import { locale } from "../../shared/i18n/locale";
import { readClaims } from "./jwt";

/** Where the player's signed token comes from. Tokens live for minutes, so each connection asks anew. */
export interface TokenSource {
  readonly kind: "link" | "bridge" | "demo";
  /** A token. Throws FatalError if there is none to be had, anything else if trying again may help. */
  get(): Promise<string>;
  /** The server refused the last token; says whether `get` may give a better one. */
  renew(): boolean;
}

/** What a game puts into its WebView. */
export interface GameBridge {
  getToken: () => Promise<string>;
  /** What the game knows of the device: app_version, device, os, network, region. */
  getContext?: () => unknown;
}

declare global {
  interface Window {
    XiaoerGame?: GameBridge;
  }
}

/** The token in the address (`#token=…`); empty if there is none. A game may set a new one at any time. */
export const tokenInLink = (): string => new URLSearchParams(location.hash.slice(1)).get("token") ?? "";

export const linkSource = (): TokenSource => {
  let refused = "";
  return {
    kind: "link",
    get: () => {
      const token = tokenInLink();
      const { expiresAt } = readClaims(token);
      if (token === refused || (expiresAt > 0 && expiresAt < Date.now()))
        return Promise.reject(new FatalError("token_expired"));
      return Promise.resolve(token);
    },
    renew: () => {
      refused = tokenInLink();
      return false;
    },
  };
};

export const bridgeSource = (bridge: GameBridge): TokenSource => ({
  kind: "bridge",
  get: () => bridge.getToken(),
  renew: () => true,
});

export interface DemoPlayer {
  id: string;
  name: string;
  server: string;
  role: string;
  about: string;
}

/** The players of the demo; null where this is no demo. */
export const demoPlayers = async (): Promise<DemoPlayer[] | null> => {
  const answer = await fetch("/demo/players", { headers: { Accept: "application/json" } });
  if (answer.status === 404 || answer.status === 403) return null;
  if (!answer.ok) throw new Error(`demo players: ${answer.status}`);
  return list(record(await answer.json()).players).map((item) => {
    const { id, name, server, role, about } = record(item);
    return { id: text(id), name: text(name), server: text(server), role: text(role), about: text(about) };
  });
};

export const demoSource = (player: string): TokenSource => ({
  kind: "demo",
  get: async () => {
    const answer = await fetch("/demo/token", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ player, locale: locale.value }),
    });
    if (answer.status >= 400 && answer.status < 500 && answer.status !== 429)
      throw new FatalError("demo_player_unknown");
    if (!answer.ok) throw new Error(`demo token: ${answer.status}`);
    return text(record(await answer.json()).token);
  },
  renew: () => true,
});

/** The source that the surroundings offer: the address, the game, or null (the demo, if any). */
export const gameSource = (): TokenSource | null => {
  if (tokenInLink() !== "") return linkSource();
  return window.XiaoerGame ? bridgeSource(window.XiaoerGame) : null;
};
