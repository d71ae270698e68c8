import { signal } from "@preact/signals";
import { number, record, text, type Json } from "../../shared/check";
import { newId } from "../../shared/ids";
import type { TokenSource } from "../token/source";

/** A picture in the transcript; its bytes are asked for by id. */
export interface Picture {
  id: string;
  width: number;
  height: number;
}

/** A picture of the player that the server has not confirmed. */
export interface Upload {
  readonly id: string;
  readonly file: Blob;
  /** Address of the picture in this page's memory. */
  readonly preview: string;
  readonly at: Date;
  /** How much of it is on its way, from 0 to 1. */
  readonly progress: number;
  readonly status: "sending" | "failed";
  readonly problem: { code: string; message: string } | null;
}

export interface Answer {
  status: number;
  body: Json;
}

/** Posts a picture; rejects where there is no answer at all. */
export type Post = (
  url: string,
  file: Blob,
  headers: Record<string, string>,
  onProgress: (share: number) => void,
) => Promise<Answer>;

export const MAX_BYTES = 10 * 1024 * 1024;
export const KINDS = ["image/jpeg", "image/png", "image/webp", "image/gif"];
const PATH = "/chat/v1/attachments";

export const readPicture = (value: unknown): Picture | null => {
  const { id, width, height } = record(value);
  return text(id) === "" ? null : { id: text(id), width: number(width), height: number(height) };
};

/** XMLHttpRequest, because fetch tells nothing about the progress of an upload. */
const post: Post = (url, file, headers, onProgress) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onload = () => {
      let body: Json = {};
      try {
        body = record(JSON.parse(request.responseText));
      } catch {
        // A proxy's page: the status says enough.
      }
      resolve({ status: request.status, body });
    };
    request.onerror = request.ontimeout = request.onabort = () => reject(new Error("no answer"));
    request.timeout = 180_000;
    request.send(file);
  });

/** The player's pictures: on their way to the server, and shown again from there. */
export class Pictures {
  readonly uploads = signal<readonly Upload[]>([]);
  readonly #shown = new Map<string, Promise<string>>();

  constructor(
    private readonly source: TokenSource,
    private readonly onStored: (id: string, seq: number, picture: Picture | null) => void,
    private readonly send: Post = post,
  ) {}

  /** Sends a picture; what becomes of it is seen in `uploads`. */
  add(file: Blob): void {
    const id = newId();
    const preview = URL.createObjectURL(file);
    const item: Upload = { id, file, preview, at: new Date(), progress: 0, status: "sending", problem: null };
    this.uploads.value = [...this.uploads.value, item];
    void this.#transmit(item);
  }

  retry(id: string): void {
    const item = this.uploads.value.find((upload) => upload.id === id);
    if (!item) return;
    this.#change(id, { status: "sending", progress: 0, problem: null });
    void this.#transmit(item);
  }

  discard(id: string): void {
    this.uploads.value = this.uploads.value.filter((upload) => upload.id !== id);
  }

  /** The address of a picture in this page's memory; rejects where it can't be had any more. */
  show(id: string): Promise<string> {
    let shown = this.#shown.get(id);
    if (!shown) {
      shown = this.#fetch(id);
      this.#shown.set(id, shown);
      shown.catch(() => this.#shown.delete(id));
    }
    return shown;
  }

  async #transmit({ id, file, preview }: Upload): Promise<void> {
    if (file.size > MAX_BYTES) {
      this.#fail(id, "picture_too_large");
      return;
    }
    try {
      let answer = await this.#post(id, file);
      if (answer.status === 401 && this.source.renew()) answer = await this.#post(id, file);
      if (answer.status !== 200) {
        this.#fail(id, text(answer.body.code), text(answer.body.message));
        return;
      }
      const picture = readPicture(answer.body.picture);
      if (picture) this.#shown.set(picture.id, Promise.resolve(preview));
      this.onStored(id, number(answer.body.seq), picture);
      this.discard(id);
    } catch {
      this.#fail(id, "upload_failed");
    }
  }

  async #post(id: string, file: Blob): Promise<Answer> {
    const headers = {
      Authorization: `Bearer ${await this.source.get()}`,
      "Content-Type": KINDS.includes(file.type) ? file.type : "image/*",
    };
    return this.send(`${PATH}?id=${encodeURIComponent(id)}`, file, headers, (progress) =>
      this.#change(id, { progress }),
    );
  }

  async #fetch(id: string): Promise<string> {
    const headers = { Authorization: `Bearer ${await this.source.get()}` };
    const answer = await fetch(`${PATH}/${encodeURIComponent(id)}?size=small`, { headers });
    if (!answer.ok) throw new Error(`picture: ${answer.status}`);
    return URL.createObjectURL(await answer.blob());
  }

  #fail(id: string, code: string, message = ""): void {
    this.#change(id, { status: "failed", problem: { code: code || "upload_failed", message } });
  }

  #change(id: string, change: Partial<Upload>): void {
    this.uploads.value = this.uploads.value.map((item) => (item.id === id ? { ...item, ...change } : item));
  }
}
