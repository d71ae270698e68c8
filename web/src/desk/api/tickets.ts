import { list, number, numberOrNull, oneOf, record, text, textOrNull } from "../../shared/check";
import type { DeskApi } from "./client";
import { readMessage, readPlayer } from "./read";
import type { Category, Message, PlayerRecord } from "./types";

/** Tickets on the wire and as values, as docs/protocol-desk.md names them. */

export const BOXES = ["mine", "unassigned", "overdue", "open", "done", "all"] as const;
export type Box = (typeof BOXES)[number];
export const TICKET_STATES = ["new", "working", "waiting", "resolved", "closed"] as const;
export type TicketState = (typeof TICKET_STATES)[number];
export type TicketChange = "start" | "ask" | "resolve" | "close" | "reopen";
const CATEGORIES = ["account", "technical", "content", "complaint", "other"] as const;

export interface Step {
  at: Date;
  kind: string;
  actor: string;
  /** The agent's name, where an agent did it. */
  name: string;
  public: boolean;
  text: string;
  data: Record<string, unknown>;
}

export interface Ticket {
  number: string;
  category: Category;
  intent: string;
  priority: number;
  state: TicketState;
  summary: string;
  facts: [name: string, value: unknown][];
  conversation: string | null;
  player: { id: string; name: string; vip: number };
  agent: { id: number; name: string } | null;
  /** The player added something that whoever works on it has not seen. */
  news: boolean;
  openedBy: string;
  promisedAt: Date | null;
  escalatedAt: Date | null;
  createdAt: Date;
  updatedAt: Date | null;
  history: Step[];
}

export interface TicketPage {
  tickets: Ticket[];
  total: number;
  counts: Partial<Record<Box, number>>;
}

export interface TicketView {
  ticket: Ticket;
  messages: Message[];
}

export interface Colleague {
  id: number;
  name: string;
  role: string;
}

export interface TicketFilter {
  box: Box;
  words?: string;
  category?: string;
  priority?: string;
  state?: string;
  conversation?: string;
  offset?: number;
  limit?: number;
}

export interface NewTicket {
  id: string;
  intent: string;
  summary: string;
  priority?: number;
  hours?: number;
}

const time = (value: unknown): Date | null => {
  const at = new Date(text(value));
  return Number.isNaN(at.getTime()) ? null : at;
};

export const readStep = (value: unknown): Step => {
  const it = record(value);
  return {
    at: time(it.at) ?? new Date(),
    kind: text(it.kind),
    actor: text(it.actor),
    name: text(it.name),
    public: it.public === true,
    text: text(it.text),
    data: record(it.data),
  };
};

export const readTicket = (value: unknown): Ticket => {
  const it = record(value);
  const player = record(it.player);
  const agent = record(it.agent);
  const agentId = numberOrNull(agent.id);
  return {
    number: text(it.number),
    category: oneOf(it.category, CATEGORIES, "other"),
    intent: text(it.intent),
    priority: Math.min(3, Math.max(0, number(it.priority))),
    state: oneOf(it.state, TICKET_STATES, "new"),
    summary: text(it.summary),
    facts: Object.entries(record(it.facts)),
    conversation: textOrNull(it.conversation),
    player: { id: text(player.id), name: text(player.name), vip: number(player.vip) },
    agent: agentId === null ? null : { id: agentId, name: text(agent.name) },
    news: it.news === true,
    openedBy: text(it.opened_by),
    promisedAt: time(it.promised_at),
    escalatedAt: time(it.escalated_at),
    createdAt: time(it.created_at) ?? new Date(),
    updatedAt: time(it.updated_at),
    history: list(it.history).map(readStep),
  };
};

export const readTicketPage = (value: unknown): TicketPage => {
  const it = record(value);
  const counts: Partial<Record<Box, number>> = {};
  for (const box of BOXES) {
    const count = numberOrNull(record(it.counts)[box]);
    if (count !== null) counts[box] = count;
  }
  return { tickets: list(it.tickets).map(readTicket), total: number(it.total), counts };
};

/** The calls about tickets. Each throws ApiError. */
export class TicketApi {
  constructor(private readonly api: DeskApi) {}

  async list(filter: TicketFilter): Promise<TicketPage> {
    const { words, ...others } = filter;
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ q: words, ...others }))
      if (value !== undefined && value !== "") query.set(name, String(value));
    return readTicketPage(await this.api.call("GET", `tickets?${query.toString()}`));
  }

  async view(ticket: string): Promise<TicketView> {
    const it = record(await this.api.call("GET", `tickets/${ticket}`));
    return { ticket: readTicket(it.ticket), messages: list(it.messages).map(readMessage) };
  }

  async player(ticket: string): Promise<PlayerRecord> {
    return readPlayer(await this.api.call("GET", `tickets/${ticket}/player`));
  }

  async colleagues(): Promise<Colleague[]> {
    const { agents } = record(await this.api.call("GET", "agents"));
    return list(agents).map((one) => {
      const { id, name, role } = record(one);
      return { id: number(id), name: text(name), role: text(role) };
    });
  }

  open(conversation: string, wanted: NewTicket): Promise<Ticket> {
    return this.#change(`conversations/${conversation}/tickets`, wanted);
  }

  state(ticket: string, change: TicketChange, note: string): Promise<Ticket> {
    return this.#change(`tickets/${ticket}/state`, { change, note });
  }

  tell(ticket: string, words: string): Promise<Ticket> {
    return this.#change(`tickets/${ticket}/tell`, { text: words });
  }

  note(ticket: string, words: string): Promise<Ticket> {
    return this.#change(`tickets/${ticket}/notes`, { text: words });
  }

  prioritise(ticket: string, priority: number): Promise<Ticket> {
    return this.#change(`tickets/${ticket}/priority`, { priority });
  }

  promise(ticket: string, hours: number, note: string): Promise<Ticket> {
    return this.#change(`tickets/${ticket}/promise`, { hours, note });
  }

  assign(ticket: string, agent: number | null): Promise<Ticket> {
    return this.#change(`tickets/${ticket}/assign`, { agent });
  }

  async #change(path: string, body: unknown): Promise<Ticket> {
    return readTicket(record(await this.api.call("POST", path, body)).ticket);
  }
}
