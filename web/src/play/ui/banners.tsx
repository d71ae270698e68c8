import { Icon } from "../../shared/ui/icons";
import { t } from "../locales/texts";
import type { ChatSession } from "../protocol/session";

/** The name of the agent who serves: from the state, else from what he has said since he came. */
const agentName = (session: ChatSession): string => {
  const { agent } = session.ownership.value;
  if (agent) return agent;
  const messages = session.messages.value;
  for (let i = messages.length - 1; i >= 0; i -= 1) {
    const from = messages[i]?.from;
    if (from === "agent") return messages[i]?.name ?? "";
    if (from !== "player") break;
  }
  return "";
};

const StateBanner = ({ session }: { session: ChatSession }) => {
  const { state, position, waitSeconds } = session.ownership.value;
  if (state === "queued")
    return (
      <div class="banner banner-queued">
        <p class="banner-title">
          <span class="pulse" aria-hidden="true" />
          {t.value.queued}
        </p>
        {(position !== null || waitSeconds !== null) && (
          <p class="banner-facts">
            {[
              position !== null ? t.value.queuePosition(position) : "",
              waitSeconds !== null ? t.value.queueWait(waitSeconds) : "",
            ]
              .filter(Boolean)
              .join(" · ")}
          </p>
        )}
        <p class="banner-hint">{t.value.queueHint}</p>
        <button type="button" class="banner-button" onClick={() => session.cancelQueue()}>
          {t.value.cancelQueue}
        </button>
      </div>
    );
  if (state === "agent")
    return (
      <div class="banner banner-agent">
        <p class="banner-title">
          <Icon name="headset" size={16} />
          {t.value.agentJoined(agentName(session))}
        </p>
      </div>
    );
  if (state === "closed")
    return (
      <div class="banner banner-closed">
        <p class="banner-title">
          <Icon name="check" size={16} />
          {t.value.closed}
        </p>
        <p class="banner-hint">{t.value.closedHint}</p>
      </div>
    );
  return null;
};

export const Banners = ({ session }: { session: ChatSession }) => {
  const notice = session.notice.value;
  return (
    <div class="banners" role="status">
      {session.link.value === "offline" && (
        <div class="banner banner-offline">
          <p class="banner-title">{t.value.linkOffline}</p>
          <button type="button" class="link" onClick={() => session.hurry()}>
            {t.value.tryNow}
          </button>
        </div>
      )}
      <StateBanner session={session} />
      {notice && (
        <div class="banner banner-offline">
          <p class="banner-title">{t.value.errors[notice.code] ?? (notice.message || notice.code)}</p>
          <button type="button" class="link" onClick={() => (session.notice.value = null)}>
            {t.value.dismiss}
          </button>
        </div>
      )}
    </div>
  );
};
