import { useEffect, useRef } from "preact/hooks";
import { t } from "../locales/texts";

export interface ConfirmProps {
  /** Question, what will happen, name of the deed. */
  texts: readonly string[];
  yes: () => void;
  no: () => void;
  /** Another way, between the two. */
  other?: { text: string; go: () => void };
  /** It can't be undone: the safe answer has the focus. */
  final?: boolean;
}

/** Asks before something that the player will notice. Escape is "no"; focus returns to where it was. */
export const Confirm = ({ texts: [question, effect, deed], yes, no, other, final = false }: ConfirmProps) => {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} class="confirm" aria-labelledby="confirm-question" onClose={no}>
      <h2 id="confirm-question">{question}</h2>
      <p>{effect}</p>
      <div class="confirm-buttons">
        <button type="button" class="button" autoFocus={final} onClick={() => dialog.current?.close()}>
          {t.value.cancel}
        </button>
        {other && (
          <button type="button" class="button" onClick={other.go}>
            {other.text}
          </button>
        )}
        <button type="button" class="button primary" autoFocus={!final} onClick={yes}>
          {deed}
        </button>
      </div>
    </dialog>
  );
};
