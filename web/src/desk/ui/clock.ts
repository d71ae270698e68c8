import { signal } from "@preact/signals";

/** The time, every second: for what is counted while it is looked at. */
export const now = signal(Date.now());

setInterval(() => (now.value = Date.now()), 1_000);
