import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Mascot } from "../../shared/ui/mascot";
import { t } from "../locales/texts";
import { demoPlayers, type DemoPlayer } from "../token/source";

/** The demo's door: who do you want to be? Elsewhere than in a demo it says where support is to be opened. */
export const Chooser = ({ choose }: { choose: (player: string) => void }) => {
  const players = useSignal<DemoPlayer[] | null>(null);
  const problem = useSignal<"" | "none" | "failed">("");
  const load = async () => {
    problem.value = "";
    try {
      players.value = await demoPlayers();
      if (!players.value) problem.value = "none";
    } catch {
      problem.value = "failed";
    }
  };
  useEffect(() => void load(), []);

  if (problem.value)
    return (
      <Notice
        text={problem.value === "none" ? t.value.fatalNoToken : t.value.loadFailed}
        action={t.value.retryLoad}
        act={() => void load()}
      />
    );
  return (
    <main class="chooser">
      <Mascot size={72} />
      <h1>{t.value.chooserTitle}</h1>
      <p>{t.value.chooserText}</p>
      <ul aria-busy={players.value === null}>
        {players.value?.map((player) => (
          <li key={player.id}>
            <button type="button" class="player" onClick={() => choose(player.id)}>
              <span class="player-name">
                {player.role || player.name}
                <small>{[player.id, player.server].filter(Boolean).join(" · ")}</small>
              </span>
              <span class="player-about">{player.about}</span>
            </button>
          </li>
        ))}
      </ul>
    </main>
  );
};

/** A page with nothing but a message and a way on. */
export const Notice = ({ text, action, act }: { text: string; action: string; act: () => void }) => (
  <main class="chooser" aria-live="assertive">
    <Mascot size={72} />
    <h1>{t.value.fatalTitle}</h1>
    <p>{text}</p>
    <button type="button" class="primary wide" onClick={act}>
      {action}
    </button>
  </main>
);
