import { effect } from "@preact/signals";
import { render } from "preact";
import { chooseLocale, langParameter, useLanguage } from "../shared/i18n/locale";
import "../shared/styles/theme.css";
import { t } from "./locales/texts";
import { readContext } from "./protocol/context";
import { ChatSession } from "./protocol/session";
import "./styles/page.css";
import "./styles/log.css";
import "./styles/chart.css";
import "./styles/composer.css";
import "./styles/chooser.css";
import { readClaims } from "./token/jwt";
import { demoSource, gameSource, type TokenSource } from "./token/source";
import { App } from "./ui/app";
import { followViewport } from "./ui/viewport";

const DEMO_PLAYER = "xiaoer.demo-player";

/** The tab's storage, where the browser gives one (a WebView may not). */
const storage = (): Storage | null => {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
};

const open = (source: TokenSource): ChatSession =>
  new ChatSession(source, {
    store: storage(),
    context: () => readContext(),
    onToken: (token) =>
      useLanguage(chooseLocale(langParameter(), readClaims(token).locale, navigator.language)),
  });

const remember = (player: string | null): void => {
  const address = new URL(location.href);
  if (player) {
    storage()?.setItem(DEMO_PLAYER, player);
    address.searchParams.set("player", player);
  } else {
    storage()?.removeItem(DEMO_PLAYER);
    address.searchParams.delete("player");
  }
  history.replaceState(null, "", address);
};

useLanguage(chooseLocale(langParameter(), navigator.language));
effect(() => {
  document.title = t.value.title;
});
followViewport();

const source = gameSource();
const session = source && open(source);
// A game may put a fresh token into the address while the page is open.
window.addEventListener("hashchange", () => session?.hurry());

const asked = new URLSearchParams(location.search).get("player") ?? storage()?.getItem(DEMO_PLAYER) ?? null;
const root = document.getElementById("app");
if (!root) throw new Error("the page has no #app");
render(
  <App door={{ session, chosen: asked, demoSession: (player) => open(demoSource(player)), remember }} />,
  root,
);
