import { signal } from "@preact/signals";

export type Locale = "zh-CN" | "en";

/** The language of the page. Changing it re-renders everything that reads a text. */
export const locale = signal<Locale>("zh-CN");

/** The locale for a tag such as `zh-TW` or `en-GB`; null if we have none for it. */
export const matchLocale = (tag: string | null | undefined): Locale | null => {
  const language = tag?.toLowerCase().split(/[-_]/)[0];
  return language === "zh" ? "zh-CN" : language === "en" ? "en" : null;
};

/** The first wish that we can fulfil, else Chinese. */
export const chooseLocale = (...wishes: (string | null | undefined)[]): Locale => {
  for (const wish of wishes) {
    const match = matchLocale(wish);
    if (match) return match;
  }
  return "zh-CN";
};

/** What `?lang=` asks for. */
export const langParameter = (): string | null => new URLSearchParams(location.search).get("lang");

/** Makes `value` the language of the page and of its document. */
export const useLanguage = (value: Locale): void => {
  locale.value = value;
  document.documentElement.lang = value;
};

/** The shape that every dictionary of a page must have, taken from the Chinese one. */
export type Texts<T> = { readonly [K in keyof T]: T[K] extends string ? string : T[K] };
