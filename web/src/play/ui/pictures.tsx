import { useSignal, type Signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Icon } from "../../shared/ui/icons";
import { t } from "../locales/texts";
import type { Picture, Upload } from "../protocol/pictures";
import type { ChatSession } from "../protocol/session";

/** A picture that was sent, as the server keeps it. */
export const PictureView = ({ picture, session }: { picture: Picture; session: ChatSession }) => {
  const url = useSignal("");
  const gone = useSignal(false);
  const load = () => {
    gone.value = false;
    session.pictures.show(picture.id).then(
      (found) => (url.value = found),
      () => (gone.value = true),
    );
  };
  useEffect(load, [picture.id]);
  if (gone.value)
    return (
      <p class="bubble">
        {t.value.pictureGone}{" "}
        <button type="button" class="link" onClick={load}>
          {t.value.retry}
        </button>
      </p>
    );
  // The space it takes is known before it is here: nothing jumps.
  const scale = Math.min(1, 220 / Math.max(picture.width, picture.height, 1));
  return (
    <img
      class="picture"
      src={url.value || undefined}
      width={Math.round(picture.width * scale)}
      height={Math.round(picture.height * scale)}
      alt={t.value.picture}
    />
  );
};

const why = ({ problem }: Upload): string => {
  const said = problem?.message ?? "";
  return t.value.errors[problem?.code ?? ""] ?? (said === "" ? t.value.failed : said);
};

/** A picture on its way. */
export const UploadBubble = ({
  item,
  first,
  session,
}: {
  item: Upload;
  first: boolean;
  session: ChatSession;
}) => (
  <article
    class={`turn turn-player outgoing${first ? " first" : ""}${item.status === "failed" ? " failed" : ""}`}
  >
    <div class="said">
      <p class="hidden">{t.value.you}</p>
      <img class="picture" src={item.preview} alt={t.value.picture} />
      {item.status === "failed" ? (
        <p class="fate" role="alert">
          <span class="fate-why">
            <Icon name="alert" size={14} />
            {why(item)}
          </span>
          <button type="button" class="link" onClick={() => session.pictures.retry(item.id)}>
            {t.value.retry}
          </button>
          <button type="button" class="link" onClick={() => session.pictures.discard(item.id)}>
            {t.value.discard}
          </button>
        </p>
      ) : (
        <p class="fate">
          <progress max={1} value={item.progress} aria-label={t.value.sending} />
          {Math.round(item.progress * 100)}%
        </p>
      )}
    </div>
  </article>
);

export interface Chosen {
  file: File;
  url: string;
}

/** What was chosen and not sent yet: look at it once more. */
export const Tray = ({ chosen }: { chosen: Signal<readonly Chosen[]> }) =>
  chosen.value.length === 0 ? null : (
    <ul class="tray" aria-label={t.value.chosenPictures}>
      {chosen.value.map((item) => (
        <li key={item.url}>
          <img src={item.url} alt={item.file.name} />
          <button
            type="button"
            class="tray-remove"
            aria-label={t.value.removePicture}
            onClick={() => {
              URL.revokeObjectURL(item.url);
              chosen.value = chosen.value.filter((other) => other !== item);
            }}
          >
            <Icon name="close" size={14} />
          </button>
        </li>
      ))}
    </ul>
  );
