import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { t } from "../locales/texts";
import type { ChatSession } from "../protocol/session";
import { Banners } from "./banners";
import { Chooser, Notice } from "./chooser";
import { Composer } from "./composer";
import { Header } from "./header";
import { Log } from "./log";

const fatalText = (code: string): string => {
  if (code.startsWith("token_")) return t.value.fatalToken;
  if (code === "unknown_game") return t.value.fatalGame;
  return t.value.fatalOther(code);
};

const Chat = ({ session, onSwitch }: { session: ChatSession; onSwitch: (() => void) | null }) => {
  useEffect(() => {
    session.start();
    return () => session.stop();
  }, [session]);
  if (session.link.value === "fatal")
    return (
      <Notice
        text={fatalText(session.fatal.value)}
        action={onSwitch ? t.value.switchPlayer : t.value.again}
        act={onSwitch ?? (() => session.hurry())}
      />
    );
  return (
    <div class="chat">
      <Header session={session} onSwitch={onSwitch} />
      <Banners session={session} />
      <Log session={session} />
      <Composer session={session} />
    </div>
  );
};

export interface Door {
  /** The conversation of the player whom the game vouches for; null where the demo lets you choose. */
  session: ChatSession | null;
  /** The demo player chosen before, if any. */
  chosen: string | null;
  demoSession: (player: string) => ChatSession;
  remember: (player: string | null) => void;
}

export const App = ({ door }: { door: Door }) => {
  const player = useSignal(door.chosen);
  const session = useMemo(
    () => door.session ?? (player.value ? door.demoSession(player.value) : null),
    [door, player.value],
  );
  const choose = (chosen: string | null) => {
    door.remember(chosen);
    player.value = chosen;
  };
  if (!session) return <Chooser choose={choose} />;
  return <Chat key={player.value} session={session} onSwitch={door.session ? null : () => choose(null)} />;
};
