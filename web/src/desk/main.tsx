import { render } from "preact";
import "../shared/styles/theme.css";
import { DeskApi } from "./api/client";
import { startLanguage } from "./language";
import { t } from "./locales/texts";
import { DeskStore, showUnreadInTitle } from "./store/desk";
import "./styles/frame.css";
import "./styles/lists.css";
import "./styles/conversation.css";
import "./styles/player.css";
import { App } from "./ui/app";

startLanguage();
const store = new DeskStore(new DeskApi());
showUnreadInTitle(store, () => t.value.title);
void store.begin();

const root = document.getElementById("app");
if (!root) throw new Error("the page has no #app");
render(<App store={store} />, root);
