/** The desk's values, as docs/protocol-desk.md names them. */

export type Author = "player" | "bot" | "agent" | "system";
export type State = "bot" | "queued" | "agent" | "closed";
export type Category = "account" | "technical" | "content" | "complaint" | "other";

export interface Agent {
  id: number;
  login: string;
  name: string;
  role: string;
}

export interface Session {
  agent: Agent;
  csrfToken: string;
}

export interface Person {
  game: string;
  id: string;
  name: string;
  server: string;
  role: string;
  vip: number;
  locale: string;
}

export interface Summary {
  id: string;
  player: Person;
  state: State;
  intent: string | null;
  category: Category;
  urgency: number;
  reason: string | null;
  queuedAt: Date | null;
  agent: { id: number; name: string } | null;
  seq: number;
  unread: number;
  last: { seq: number; from: Author; text: string; at: Date } | null;
  /** What the player said last. */
  said: string | null;
}

export interface Entity {
  name: string;
  /** Text or number, or an object: amount {min_fen, max_fen}, time {from, to}. */
  value: unknown;
}

/** How the bot understood a player's message. */
export interface Reading {
  intent: string;
  confidence: number;
  ranking: [intent: string, confidence: number][];
  entities: Entity[];
}

export interface Message {
  seq: number;
  from: Author;
  name: string;
  text: string;
  buttons: string[];
  at: Date;
  reading: Reading | null;
  picture: { id: string; width: number; height: number } | null;
  /** A voice message or video of a player, kept below /wechat/media. */
  recording: { kind: "voice" | "video"; file: string } | null;
  /** The id that an agent's message was sent with. */
  id: string | null;
}

export interface Happening {
  id: number;
  seq: number;
  at: Date;
  kind: string;
  actor: string;
  /** The agent's who did it. */
  name: string | null;
  data: Record<string, unknown>;
}

export interface Note {
  id: number;
  at: Date;
  agent: string;
  text: string;
}

export interface Conversation {
  summary: Summary;
  messages: Message[];
  events: Happening[];
  notes: Note[];
  more: boolean;
  /** What the player's client claims of itself. */
  context: [name: string, value: string][];
}

export interface Profile {
  id: string;
  name: string;
  server: string;
  role: string;
  level: number;
  vip: number;
  registeredAt: Date | null;
  age: number | null;
  wallet: [unit: string, amount: number][];
  spentFen: number;
  banReason: string | null;
  banUntil: Date | null;
  /** Locked for the player's own safety. */
  frozenAt: Date | null;
}

export interface Recharge {
  orderNo: string;
  product: string;
  amountFen: number;
  currency: string;
  channel: string;
  status: string;
  paidAt: Date | null;
  deliveredAt: Date | null;
  refundedAt: Date | null;
  granted: number;
  consumed: number;
  unit: string;
}

export interface PlayerRecord {
  profile: Profile;
  recharges: Recharge[];
}
