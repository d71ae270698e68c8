import { computed } from "@preact/signals";
import { locale, type Texts } from "../../shared/i18n/locale";
import { en } from "./en";
import { zhCN } from "./zh-CN";

export type PlayTexts = Texts<typeof zhCN>;

const dictionaries: Record<typeof locale.value, PlayTexts> = { "zh-CN": zhCN, en };

/** The page's texts in the current language. */
export const t = computed(() => dictionaries[locale.value]);
