import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Message } from "../api/types";
import { t } from "../locales/texts";

/** A player's picture: small in the transcript, large on demand. Each look is kept by the server. */
export const PictureView = ({
  picture: { id, width, height },
  conversation,
  owner,
}: {
  picture: NonNullable<Message["picture"]>;
  conversation: string;
  /** Whose the conversation is now: whether the picture may be seen changes with it. */
  owner: string;
}) => {
  const large = useSignal(false);
  const refused = useSignal(false);
  useEffect(() => {
    refused.value = false;
  }, [id, owner]);
  const address = `/desk/api/conversations/${conversation}/pictures/${id}`;
  if (refused.value) return <p class="bubble picture-hidden">{t.value.pictureHidden}</p>;
  const scale = Math.min(1, 200 / Math.max(width, height, 1));
  return (
    <>
      <button
        type="button"
        class="picture"
        aria-label={t.value.openPicture}
        onClick={() => (large.value = true)}
      >
        <img
          src={`${address}?size=small`}
          width={Math.round(width * scale)}
          height={Math.round(height * scale)}
          alt={t.value.picture}
          onError={() => (refused.value = true)}
        />
      </button>
      {large.value && <Large address={address} close={() => (large.value = false)} />}
    </>
  );
};

const Large = ({ address, close }: { address: string; close: () => void }) => {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} class="picture-large" aria-label={t.value.picture} onClose={close}>
      <img src={address} alt={t.value.picture} />
      <button type="button" class="button" autoFocus onClick={() => dialog.current?.close()}>
        {t.value.closePicture}
      </button>
    </dialog>
  );
};
