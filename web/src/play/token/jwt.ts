import { number, record, text } from "../../shared/check";

/** What the page itself wants to know from a token. Not verified: the server does that. */
export interface Claims {
  player: string;
  game: string;
  name: string;
  locale: string;
  /** Milliseconds since 1970; 0 if unknown. */
  expiresAt: number;
}

/** The claims of a JWT; empty ones if it is not readable. */
export const readClaims = (token: string): Claims => {
  let claims: Record<string, unknown> = {};
  try {
    const part = (token.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
    const bytes = Uint8Array.from(atob(part), (char) => char.charCodeAt(0));
    claims = record(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    // The server will say what is wrong with it.
  }
  return {
    player: text(claims.sub),
    game: text(claims.game),
    name: text(claims.name),
    locale: text(claims.locale),
    expiresAt: number(claims.exp) * 1000,
  };
};
