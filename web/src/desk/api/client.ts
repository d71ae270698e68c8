import { locale } from "../../shared/i18n/locale";
import { record, text } from "../../shared/check";
import * as read from "./read";
import type { Conversation, Message, Note, PlayerRecord, Session, Summary } from "./types";

/** A call that did not do what was wanted. `code` is the server's, or `network` if it could not be reached. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly retry: boolean,
  ) {
    super(message);
  }
}

export type Change = "claim" | "release" | "requeue" | "close";

const TIME_OUT_MS = 15_000;

/** The calls of docs/protocol-desk.md. Each throws ApiError. */
export class DeskApi {
  #csrf = "";

  /** Called when the server says that nobody is logged in (any more). */
  onLoggedOut: () => void = () => undefined;

  async login(login: string, password: string): Promise<Session> {
    return this.#entered(await this.#call("POST", "login", { login, password }));
  }

  async me(): Promise<Session> {
    return this.#entered(await this.#call("GET", "me"));
  }

  async logout(): Promise<void> {
    await this.#call("POST", "logout");
  }

  async queue(): Promise<Summary[]> {
    return read.readSummaries(await this.#call("GET", "queue"));
  }

  async mine(): Promise<Summary[]> {
    return read.readSummaries(await this.#call("GET", "conversations"));
  }

  async conversation(id: string): Promise<Conversation> {
    return read.readConversation(await this.#call("GET", `conversations/${id}`));
  }

  async before(id: string, seq: number): Promise<{ messages: Message[]; more: boolean }> {
    return read.readMessages(await this.#call("GET", `conversations/${id}/messages?before=${seq}&limit=100`));
  }

  async after(id: string, seq: number): Promise<{ messages: Message[]; more: boolean }> {
    return read.readMessages(await this.#call("GET", `conversations/${id}/messages?after=${seq}&limit=200`));
  }

  async player(id: string): Promise<PlayerRecord> {
    return read.readPlayer(await this.#call("GET", `conversations/${id}/player`));
  }

  async change(id: string, change: Change): Promise<Summary> {
    return read.readSummary(record(await this.#call("POST", `conversations/${id}/${change}`)).conversation);
  }

  async say(conversation: string, id: string, text: string): Promise<Message> {
    const answer = await this.#call("POST", `conversations/${conversation}/messages`, { id, text });
    return read.readMessage(record(answer).message);
  }

  async note(conversation: string, text: string): Promise<Note> {
    return read.readNote(
      record(await this.#call("POST", `conversations/${conversation}/notes`, { text })).note,
    );
  }

  async read(conversation: string, seq: number): Promise<void> {
    await this.#call("POST", `conversations/${conversation}/read`, { seq });
  }

  async deletePicture(conversation: string, id: string): Promise<void> {
    await this.#call("DELETE", `conversations/${conversation}/pictures/${id}`);
  }

  /** Any call of the API, for parts that have readers of their own. Throws ApiError. */
  call(method: "GET" | "POST", path: string, body?: unknown): Promise<unknown> {
    return this.#call(method, path, body);
  }

  #entered(answer: unknown): Session {
    const session = read.readSession(answer);
    this.#csrf = session.csrfToken;
    return session;
  }

  async #call(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<unknown> {
    const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": locale.value };
    if (method !== "GET") headers["X-CSRF-Token"] = this.#csrf;
    if (method === "POST") headers["Content-Type"] = "application/json";
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), TIME_OUT_MS);
    try {
      const init: RequestInit = { method, headers, signal: abort.signal, credentials: "same-origin" };
      if (method === "POST") init.body = JSON.stringify(body ?? {});
      const answer = await fetch(`/desk/api/${path}`, init);
      const content: unknown = answer.status === 204 ? null : await answer.json().catch(() => null);
      if (answer.ok) return content;
      throw this.#failed(answer.status, record(content));
    } catch (error) {
      throw error instanceof ApiError ? error : new ApiError("network", "", true);
    } finally {
      clearTimeout(timer);
    }
  }

  #failed(status: number, problem: Record<string, unknown>): ApiError {
    const code = text(problem.code) || `http_${status}`;
    if (code === "not_logged_in") this.onLoggedOut();
    return new ApiError(code, text(problem.message), problem.retry === true || status >= 502);
  }
}
