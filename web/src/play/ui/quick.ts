import { t } from "../locales/texts";
import type { ChatSession } from "../protocol/session";

/** What players ask most: sent as if they had typed it. */
export const suggestions = (): string[] => {
  const texts = t.value;
  return [texts.suggestion1, texts.suggestion2, texts.suggestion3, texts.suggestion4, texts.suggestion5];
};

/** The way to a human that is always open. */
export const askHuman = (session: ChatSession): void => session.send(t.peek().human, "/request_human");
