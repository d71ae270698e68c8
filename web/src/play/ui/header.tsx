import { Icon } from "../../shared/ui/icons";
import { Mascot } from "../../shared/ui/mascot";
import { t } from "../locales/texts";
import type { ChatSession } from "../protocol/session";
import { askHuman } from "./quick";

export const Header = ({ session, onSwitch }: { session: ChatSession; onSwitch: (() => void) | null }) => {
  const state = session.ownership.value.state;
  const online = session.link.value === "online";
  return (
    <header class="top">
      <Mascot size={40} />
      <div class="top-names">
        <h1>{t.value.brand}</h1>
        <p>{online ? t.value.tagline : session.link.value === "connecting" ? t.value.linkConnecting : "…"}</p>
      </div>
      {onSwitch && (
        <button type="button" class="top-icon" aria-label={t.value.switchPlayer} onClick={onSwitch}>
          <Icon name="swap" />
        </button>
      )}
      {(state === "bot" || state === "closed") && (
        <button type="button" class="top-human" onClick={() => askHuman(session)}>
          <Icon name="headset" size={18} />
          {t.value.human}
        </button>
      )}
    </header>
  );
};
