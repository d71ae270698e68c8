import { chooseLocale, langParameter, locale, useLanguage } from "../shared/i18n/locale";

const KEY = "xiaoer.desk-language";

/** The language that the agent chose last; Chinese if none was chosen. */
export const startLanguage = (): void => {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEY);
  } catch {
    // No storage: nothing was kept.
  }
  useLanguage(chooseLocale(langParameter(), kept));
};

export const switchLanguage = (): void => {
  useLanguage(locale.peek() === "en" ? "zh-CN" : "en");
  try {
    localStorage.setItem(KEY, locale.peek());
  } catch {
    // The choice holds until the page goes.
  }
};
