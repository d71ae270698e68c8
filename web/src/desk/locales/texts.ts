import { computed } from "@preact/signals";
import { locale, type Texts } from "../../shared/i18n/locale";
import type { ApiError } from "../api/client";
import { en } from "./en";
import { zhCN } from "./zh-CN";

export type DeskTexts = Texts<typeof zhCN>;

const dictionaries: Record<typeof locale.value, DeskTexts> = { "zh-CN": zhCN, en };

/** The desk's texts in the current language. */
export const t = computed(() => dictionaries[locale.value]);

/** What to tell the agent about a call that failed. */
export const errorText = (error: ApiError): string =>
  t.value.errors[error.code] ?? (error.message || `${t.value.errors.internal ?? ""} (${error.code})`);
