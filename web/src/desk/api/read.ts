import { list, number, numberOrNull, oneOf, record, text, textOrNull } from "../../shared/check";
import type {
  Conversation,
  Happening,
  Message,
  Note,
  PlayerRecord,
  Profile,
  Reading,
  Recharge,
  Session,
  Summary,
} from "./types";

/** From the wire to the desk's values. */

const AUTHORS = ["player", "bot", "agent", "system"] as const;
const STATES = ["bot", "queued", "agent", "closed"] as const;
export const CATEGORIES = ["account", "technical", "content", "complaint", "other"] as const;

const time = (value: unknown): Date | null => {
  const at = new Date(text(value));
  return Number.isNaN(at.getTime()) ? null : at;
};
const timeOrNow = (value: unknown): Date => time(value) ?? new Date();

export const readSession = (value: unknown): Session => {
  const { agent, csrf_token } = record(value);
  const { id, login, name, role } = record(agent);
  return {
    agent: { id: number(id), login: text(login), name: text(name), role: text(role) },
    csrfToken: text(csrf_token),
  };
};

export const readSummary = (value: unknown): Summary => {
  const it = record(value);
  const player = record(it.player);
  const agent = it.agent === null ? null : record(it.agent);
  const last = it.last === null || it.last === undefined ? null : record(it.last);
  return {
    id: text(it.id),
    player: {
      game: text(player.game),
      id: text(player.id),
      name: text(player.name),
      server: text(player.server),
      role: text(player.role),
      vip: number(player.vip),
      locale: text(player.locale),
    },
    state: oneOf(it.state, STATES, "bot"),
    intent: textOrNull(it.intent),
    category: oneOf(it.category, CATEGORIES, "other"),
    urgency: Math.min(3, Math.max(0, number(it.urgency))),
    reason: textOrNull(it.reason),
    queuedAt: time(it.queued_at),
    agent: agent && { id: number(agent.id), name: text(agent.name) },
    seq: number(it.seq),
    unread: number(it.unread),
    last: last && {
      seq: number(last.seq),
      from: oneOf(last.from, AUTHORS, "system"),
      text: text(last.text),
      at: timeOrNow(last.at),
    },
    said: textOrNull(it.said),
  };
};

export const readSummaries = (value: unknown): Summary[] => list(record(value).entries).map(readSummary);

const readReading = (value: unknown): Reading | null => {
  const it = record(value);
  const intent = text(it.intent);
  if (intent === "") return null;
  return {
    intent,
    confidence: number(it.confidence),
    ranking: list(it.ranking).map((pair) => [text(list(pair)[0]), number(list(pair)[1])]),
    entities: list(it.entities).map((entity) => {
      const { entity: name, value: found } = record(entity);
      return { name: text(name), value: found };
    }),
  };
};

const readPicture = (value: unknown): Message["picture"] => {
  const { id, width, height } = record(value);
  return text(id) === "" ? null : { id: text(id), width: number(width), height: number(height) };
};

const RECORDED = /^[0-9a-f]{32}\/[0-9a-f]{32}\.[a-z0-9]{3,5}$/;

const readRecording = (value: unknown): Message["recording"] => {
  const { kind, file } = record(value);
  if ((kind !== "voice" && kind !== "video") || !RECORDED.test(text(file))) return null;
  return { kind, file: text(file) };
};

export const readMessage = (value: unknown): Message => {
  const it = record(value);
  return {
    seq: number(it.seq),
    from: oneOf(it.from, AUTHORS, "system"),
    name: text(it.name),
    text: text(it.text),
    buttons: list(it.buttons).map((button) => text(record(button).title)),
    at: timeOrNow(it.at),
    reading: readReading(it.meta),
    picture: readPicture(record(it.meta).picture),
    recording: readRecording(record(it.meta).media),
    id: textOrNull(it.id),
  };
};

export const readMessages = (value: unknown): { messages: Message[]; more: boolean } => {
  const it = record(value);
  return { messages: list(it.messages).map(readMessage), more: it.more === true };
};

export const readHappening = (value: unknown): Happening => {
  const it = record(value);
  return {
    id: number(it.id),
    seq: number(it.seq),
    at: timeOrNow(it.at),
    kind: text(it.kind),
    actor: text(it.actor),
    name: textOrNull(it.name),
    data: record(it.data),
  };
};

export const readNote = (value: unknown): Note => {
  const it = record(value);
  return { id: number(it.id), at: timeOrNow(it.at), agent: text(record(it.agent).name), text: text(it.text) };
};

export const readConversation = (value: unknown): Conversation => {
  const it = record(value);
  return {
    ...readMessages(it),
    summary: readSummary(it.conversation),
    events: list(it.events).map(readHappening),
    notes: list(it.notes).map(readNote),
    context: Object.entries(record(it.context)).map(([name, value]) => [name, text(value)]),
  };
};

const readProfile = (value: unknown): Profile => {
  const it = record(value);
  return {
    id: text(it.id),
    name: text(it.name),
    server: text(it.server),
    role: text(it.role),
    level: number(it.level),
    vip: number(it.vip),
    registeredAt: time(it.registered_at),
    age: numberOrNull(it.age),
    wallet: Object.entries(record(it.wallet)).map(([unit, amount]) => [unit, number(amount)]),
    spentFen: number(it.spent_fen),
    banReason: textOrNull(it.ban_reason),
    banUntil: time(it.ban_until),
    frozenAt: time(it.frozen_at),
  };
};

const readRecharge = (value: unknown): Recharge => {
  const it = record(value);
  return {
    orderNo: text(it.order_no),
    product: text(it.product),
    amountFen: number(it.amount_fen),
    currency: text(it.currency) || "CNY",
    channel: text(it.channel),
    status: text(it.status),
    paidAt: time(it.paid_at),
    deliveredAt: time(it.delivered_at),
    refundedAt: time(it.refunded_at),
    granted: number(it.granted),
    consumed: number(it.consumed),
    unit: text(it.unit),
  };
};

export const readPlayer = (value: unknown): PlayerRecord => {
  const { profile, recharges } = record(value);
  return { profile: readProfile(profile), recharges: list(recharges).map(readRecharge) };
};
