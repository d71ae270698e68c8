/** What the server's complaint means for the session, by its code. */

const NEW_TOKEN_HELPS = new Set(["token_expired", "token_invalid", "token_missing", "token_too_long_lived"]);
const FATAL = new Set(["unknown_game", "origin_refused"]);
const ABOUT_A_MESSAGE = new Set([
  "text_too_long",
  "text_empty",
  "unknown_payload",
  "rate_limited",
  "frame_too_large",
]);

/** `token`: a new one may help; `fatal`: nothing helps; `message`: one of the player's messages is not taken;
 * `notice`: to be told. */
export type Meaning = "token" | "fatal" | "message" | "notice";

export const meaningOf = ({ code, id }: { code: string; id: string | null }): Meaning => {
  if (NEW_TOKEN_HELPS.has(code)) return "token";
  if (FATAL.has(code)) return "fatal";
  return id !== null || ABOUT_A_MESSAGE.has(code) ? "message" : "notice";
};
