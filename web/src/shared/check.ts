/** Readers for what comes from outside: a value of the wanted kind, or a harmless default. */

export type Json = Record<string, unknown>;

export const record = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const text = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
export const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);
export const number = (value: unknown): number =>
  typeof value === "number" && Number.isFinite(value) ? value : 0;
export const numberOrNull = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;

/** `value` if it is one of `allowed`, else `fallback`. */
export const oneOf = <T extends string>(value: unknown, allowed: readonly T[], fallback: T): T =>
  allowed.includes(value as T) ? (value as T) : fallback;
