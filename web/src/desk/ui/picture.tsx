import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Message } from "../api/types";
import { t } from "../locales/texts";
import type { DeskStore } from "../store/desk";
import { Confirm } from "./confirm";

interface PictureProps {
  desk: DeskStore;
  picture: NonNullable<Message["picture"]>;
  conversation: string;
  /** Whose the conversation is now: whether the picture may be seen changes with it. */
  owner: string;
}

type Shown = "small" | "large" | "deleting" | "hidden" | "deleted";

/** A player's picture: small in the transcript, large on demand. Each look is kept by the server. Whoever sees
 * everything may delete it. */
export const PictureView = ({ desk, picture: { id, width, height }, conversation, owner }: PictureProps) => {
  const shown = useSignal<Shown>("small");
  useEffect(() => {
    shown.value = "small";
  }, [id, owner]);
  const address = `/desk/api/conversations/${conversation}/pictures/${id}`;

  // An image does not say why it did not come.
  const refused = async () => {
    shown.value = "hidden";
    const answer = await fetch(`${address}?size=small`, { method: "HEAD" }).catch(() => null);
    if (answer?.status === 404) shown.value = "deleted";
  };
  const remove = async () => {
    shown.value = "small";
    try {
      await desk.api.deletePicture(conversation, id);
      shown.value = "deleted";
    } catch (error) {
      desk.fail(error);
    }
  };

  if (shown.value === "hidden" || shown.value === "deleted")
    return (
      <p class="bubble picture-hidden">
        {shown.value === "hidden" ? t.value.pictureHidden : t.value.pictureDeleted}
      </p>
    );
  const scale = Math.min(1, 200 / Math.max(width, height, 1));
  return (
    <>
      <button
        type="button"
        class="picture"
        aria-label={t.value.openPicture}
        onClick={() => (shown.value = "large")}
      >
        <img
          src={`${address}?size=small`}
          width={Math.round(width * scale)}
          height={Math.round(height * scale)}
          alt={t.value.picture}
          onError={() => void refused()}
        />
      </button>
      {shown.value === "large" && (
        <Large
          address={address}
          close={() => {
            if (shown.peek() === "large") shown.value = "small";
          }}
          remove={desk.seesAll ? () => (shown.value = "deleting") : null}
        />
      )}
      {shown.value === "deleting" && (
        <Confirm
          texts={t.value.deletePictureConfirm}
          no={() => {
            if (shown.peek() === "deleting") shown.value = "small";
          }}
          yes={() => void remove()}
          final
        />
      )}
    </>
  );
};

interface LargeProps {
  address: string;
  close: () => void;
  /** Null for whoever may not. */
  remove: (() => void) | null;
}

const Large = ({ address, close, remove }: LargeProps) => {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} class="picture-large" aria-label={t.value.picture} onClose={close}>
      <img src={address} alt={t.value.picture} />
      <div class="picture-buttons">
        {remove && (
          <button type="button" class="button danger" onClick={remove}>
            {t.value.deletePicture}
          </button>
        )}
        <button type="button" class="button" autoFocus onClick={() => dialog.current?.close()}>
          {t.value.closePicture}
        </button>
      </div>
    </dialog>
  );
};
