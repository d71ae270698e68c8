import { effect } from "@preact/signals";
import type { DeskStore } from "./desk";

/** Keeps the number of unread messages in the tab's title. */
export const showUnreadInTitle = (store: DeskStore, title: () => string): (() => void) =>
  effect(() => {
    const unread = store.unread.value;
    document.title = unread > 0 ? `(${unread}) ${title()}` : title();
  });
