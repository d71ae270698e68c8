import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MAX_BYTES, Pictures, type Answer, type Picture, type Post } from "../../src/play/protocol/pictures";

const PICTURE = { id: "a".repeat(32), width: 48, height: 64 };
const file = (size = 10) => ({ size, type: "image/png" }) as Blob;
const tick = () => new Promise((done) => setTimeout(done, 0));

let stored: { id: string; seq: number; picture: Picture | null }[];
let sent: { url: string; headers: Record<string, string> }[];
let renewed: number;

const pictures = (...answers: (Answer | Error)[]): Pictures => {
  const send: Post = (url, _file, headers, onProgress) => {
    sent.push({ url, headers });
    onProgress(0.5);
    const answer = answers.shift();
    return answer instanceof Error || !answer
      ? Promise.reject(answer ?? new Error())
      : Promise.resolve(answer);
  };
  const renew = () => {
    renewed += 1;
    return true;
  };
  return new Pictures(
    { kind: "demo", get: () => Promise.resolve(`token${renewed}`), renew },
    (id, seq, picture) => stored.push({ id, seq, picture }),
    send,
  );
};
const ok: Answer = { status: 200, body: { seq: 7, picture: PICTURE } };

beforeEach(() => {
  [stored, sent, renewed] = [[], [], 0];
  vi.stubGlobal("URL", { ...URL, createObjectURL: () => "blob:1", revokeObjectURL: () => undefined });
});
afterEach(() => vi.unstubAllGlobals());

describe("a picture", () => {
  it("is sent with the player's token and is gone from the uploads when it is stored", async () => {
    const store = pictures(ok);
    store.add(file());
    expect(store.uploads.value).toMatchObject([{ status: "sending", preview: "blob:1" }]);
    const id = store.uploads.value[0]?.id ?? "";
    await tick();
    expect(store.uploads.value).toEqual([]);
    expect(stored).toEqual([{ id, seq: 7, picture: PICTURE }]);
    expect(sent[0]?.url).toContain(`?id=${id}`);
    expect(sent[0]?.headers).toEqual({ Authorization: "Bearer token0", "Content-Type": "image/png" });
    expect(await store.show(PICTURE.id)).toBe("blob:1"); // what was chosen need not be fetched
  });

  it("goes again with the same id when the player retries", async () => {
    const store = pictures(new Error("no net"), ok);
    store.add(file());
    await tick();
    const [failed] = store.uploads.value;
    expect(failed).toMatchObject({ status: "failed", problem: { code: "upload_failed" }, progress: 0.5 });
    store.retry(failed?.id ?? "");
    await tick();
    expect(stored.map((it) => it.id)).toEqual([failed?.id]);
    expect(sent.map((it) => it.url)).toEqual([sent[0]?.url, sent[0]?.url]);
  });

  it("asks for a new token once", async () => {
    const refused: Answer = { status: 401, body: { code: "token_expired" } };
    const store = pictures(refused, ok);
    store.add(file());
    await tick();
    expect(sent.map((it) => it.headers.Authorization)).toEqual(["Bearer token0", "Bearer token1"]);
    expect(stored).toHaveLength(1);
    const other = pictures(refused, refused);
    other.add(file());
    await tick();
    expect(other.uploads.value).toMatchObject([{ status: "failed", problem: { code: "token_expired" } }]);
  });

  it("is refused in words, without a try where its size says it all", async () => {
    const store = pictures({ status: 415, body: { code: "picture_unreadable", message: "打不开" } });
    store.add(file());
    store.add(file(MAX_BYTES + 1));
    await tick();
    expect(store.uploads.value.map((it) => it.problem)).toEqual([
      { code: "picture_unreadable", message: "打不开" },
      { code: "picture_too_large", message: "" },
    ]);
    expect(sent).toHaveLength(1);
    store.discard(store.uploads.value[0]?.id ?? "");
    expect(store.uploads.value).toHaveLength(1);
  });

  it("that is gone can be asked for again", async () => {
    const answers = [new Response("", { status: 404 }), new Response("x")];
    vi.stubGlobal("fetch", () => Promise.resolve(answers.shift()));
    const store = pictures();
    await expect(store.show("x")).rejects.toThrow("404");
    expect(await store.show("x")).toBe("blob:1");
  });
});
