import { locale } from "./locale";

/** `¥648.00` for 64800 fen of CNY. An unknown currency code is written out instead of failing. */
export const money = (fen: number, currency = "CNY"): string => {
  try {
    return new Intl.NumberFormat(locale.value, {
      style: "currency",
      currency,
      currencyDisplay: "narrowSymbol",
    }).format(fen / 100);
  } catch {
    return `${(fen / 100).toFixed(2)} ${currency}`;
  }
};

/** `12,800` */
export const count = (value: number): string => new Intl.NumberFormat(locale.value).format(value);
