import { locale } from "../../shared/i18n/locale";
import { Icon } from "../../shared/ui/icons";
import { Mascot } from "../../shared/ui/mascot";
import { switchLanguage } from "../language";
import { t } from "../locales/texts";
import type { DeskStore } from "../store/desk";
import { Views, type Tab } from "./views";

export const LanguageButton = () => (
  <button
    type="button"
    class="button plain"
    lang={locale.value === "en" ? "zh-CN" : "en"}
    onClick={switchLanguage}
  >
    {t.value.otherLanguage}
  </button>
);

const linkText = (store: DeskStore): string => {
  switch (store.link.value) {
    case "online":
      return t.value.linkOnline;
    case "connecting":
      return t.value.linkConnecting;
    case "offline":
      return t.value.linkOffline;
  }
};

export const Topbar = ({ store, tabs }: { store: DeskStore; tabs: readonly Tab[] }) => (
  <header class="topbar">
    <Mascot size={30} />
    <h1>
      {t.value.brand} <span>{t.value.desk}</span>
    </h1>
    <Views store={store} tabs={tabs} />
    <p class={`link-state link-${store.link.value}`} role="status">
      <span class="dot" aria-hidden="true" />
      {linkText(store)}
      {store.link.value === "offline" && (
        <>
          <span class="link-hint">{t.value.linkOfflineHint}</span>
          <button type="button" class="link" onClick={() => store.hurry()}>
            {t.value.tryNow}
          </button>
        </>
      )}
    </p>
    <span class="topbar-agent">
      <span class="avatar" aria-hidden="true">
        {store.session.value?.agent.name.slice(0, 1)}
      </span>
      {store.session.value?.agent.name}
    </span>
    <LanguageButton />
    <button
      type="button"
      class="button plain icon-only"
      title={t.value.logout}
      aria-label={t.value.logout}
      onClick={() => void store.logout()}
    >
      <Icon name="logout" size={18} />
    </button>
  </header>
);
