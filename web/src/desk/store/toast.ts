import type { ApiError } from "../api/client";

/** A word that goes away by itself. */
export interface Toast {
  id: number;
  kind: "error" | "left";
  /** The player's name, for `left`. */
  name: string;
  error: ApiError | null;
}
