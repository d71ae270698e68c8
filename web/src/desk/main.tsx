import { render } from "preact";
import "../shared/styles/theme.css";
import { DeskApi } from "./api/client";
import { startLanguage } from "./language";
import { t } from "./locales/texts";
import { DeskStore } from "./store/desk";
import { RefundStore } from "./store/refunds";
import { TicketStore } from "./store/tickets";
import { showUnreadInTitle } from "./store/title";
import "./styles/frame.css";
import "./styles/lists.css";
import "./styles/conversation.css";
import "./styles/player.css";
import "./styles/tickets.css";
import "./styles/refunds.css";
import { App } from "./ui/app";

startLanguage();
const store = new DeskStore(new DeskApi());
const tickets = new TicketStore(store);
const refunds = new RefundStore(store);
showUnreadInTitle(store, () => t.value.title);
void store.begin();

const root = document.getElementById("app");
if (!root) throw new Error("the page has no #app");
render(<App store={store} tickets={tickets} refunds={refunds} />, root);
