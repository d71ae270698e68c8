import { t } from "../locales/texts";
import type { DeskStore, View } from "../store/desk";

export interface Tab {
  view: View;
  name: string;
  /** How much needs attention there, with words for screen readers. */
  alarm?: { count: number; words: string };
}

/** The desk's views side by side in the top bar. */
export const Views = ({ store, tabs }: { store: DeskStore; tabs: readonly Tab[] }) => (
  <nav class="views" aria-label={t.value.desk}>
    {tabs.map(({ view, name, alarm }) => (
      <button
        key={view}
        type="button"
        class="view-tab"
        aria-current={store.view.value === view ? "page" : undefined}
        onClick={() => (store.view.value = view)}
      >
        {name}
        {alarm && alarm.count > 0 && (
          <span class="unread-badge" aria-label={alarm.words}>
            {alarm.count > 99 ? "99+" : alarm.count}
          </span>
        )}
      </button>
    ))}
  </nav>
);
