import { Mascot } from "../../shared/ui/mascot";
import { t } from "../locales/texts";
import type { ChatSession } from "../protocol/session";
import { suggestions } from "./quick";

/** What an empty conversation shows. */
export const Welcome = ({ session }: { session: ChatSession }) => (
  <section class="welcome">
    <Mascot size={96} />
    <h2>{t.value.welcomeTitle}</h2>
    <p>{t.value.welcomeText}</p>
    <h3>{t.value.suggestions}</h3>
    <div class="suggestions">
      {suggestions().map((text) => (
        <button key={text} type="button" class="choice" onClick={() => session.send(text)}>
          {text}
        </button>
      ))}
    </div>
  </section>
);
