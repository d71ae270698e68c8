import { list, number, numberOrNull, record, text, textOrNull } from "../../shared/check";
import type { DeskApi } from "./client";

/** Refunds that people have to approve, as docs/protocol-desk.md names them. */

export interface Vote {
  agent: string;
  role: string;
  approved: boolean;
  reason: string;
  at: Date | null;
}

/** What the decision rests on; money in fen. */
export interface Facts {
  wish: string;
  channel: string;
  amountFen: number;
  granted: number;
  consumed: number;
  balance: number | null;
  paidAt: Date | null;
  registeredAt: Date | null;
  vip: number;
  age: number | null;
  doubleCharge: boolean;
  earlierRefunds: number;
  refusedBefore: boolean;
  accountsOnDevice: number | null;
  accountsOfPayer: number | null;
}

export interface PendingRefund {
  id: number;
  orderNo: string;
  player: { id: string; name: string; server: string; vip: number };
  amountFen: number;
  currency: string;
  units: number;
  facts: Facts;
  rules: string[];
  risk: number;
  policy: string;
  openApprovals: string[];
  votes: Vote[];
  ticket: string | null;
  promisedAt: Date | null;
  createdAt: Date | null;
  mayApprove: boolean;
  mayReject: boolean;
}

const time = (value: unknown): Date | null => {
  const at = new Date(text(value));
  return Number.isNaN(at.getTime()) ? null : at;
};

const readVote = (value: unknown): Vote => {
  const it = record(value);
  return {
    agent: text(it.agent),
    role: text(it.role),
    approved: it.approved === true,
    reason: text(it.reason),
    at: time(it.at),
  };
};

const readFacts = (value: unknown): Facts => {
  const it = record(value);
  return {
    wish: text(it.wish),
    channel: text(it.channel),
    amountFen: number(it.amount_fen),
    granted: number(it.granted),
    consumed: number(it.consumed),
    balance: numberOrNull(it.balance),
    paidAt: time(it.paid_at),
    registeredAt: time(it.registered_at),
    vip: number(it.vip),
    age: numberOrNull(it.age),
    doubleCharge: it.double_charge === true,
    earlierRefunds: list(it.earlier_refunds).length,
    refusedBefore: it.refused_before === true,
    accountsOnDevice: numberOrNull(it.accounts_on_device),
    accountsOfPayer: numberOrNull(it.accounts_of_payer),
  };
};

export const readRefund = (value: unknown): PendingRefund => {
  const it = record(value);
  const player = record(it.player);
  const decision = record(it.decision);
  return {
    id: number(it.id),
    orderNo: text(it.order_no),
    player: {
      id: text(player.id),
      name: text(player.name),
      server: text(player.server),
      vip: number(player.vip),
    },
    amountFen: number(it.amount_fen),
    currency: text(it.currency) || "CNY",
    units: number(it.units),
    facts: readFacts(it.facts),
    rules: list(decision.rules).map(text),
    risk: number(decision.risk),
    policy: text(decision.policy),
    openApprovals: list(it.open_approvals).map(text),
    votes: list(it.votes).map(readVote),
    ticket: textOrNull(it.ticket),
    promisedAt: time(it.promised_at),
    createdAt: time(it.created_at),
    mayApprove: it.may_approve === true,
    mayReject: it.may_reject === true,
  };
};

/** Each throws ApiError. */
export class RefundApi {
  constructor(private readonly desk: DeskApi) {}

  async pending(): Promise<PendingRefund[]> {
    return list(record(await this.desk.call("GET", "refunds")).refunds).map(readRefund);
  }

  /** The state afterwards. */
  async decide(id: number, word: "approve" | "reject", reason: string): Promise<string> {
    return text(record(await this.desk.call("POST", `refunds/${id}/${word}`, { reason })).state);
  }
}
