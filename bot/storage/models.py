"""The tables. Times are aware UTC, money is integer fen. A change here needs a migration.

Tables of one topic are in files of their own, named here so that `Base` knows them all.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.audit_models import AuditEntryRow as AuditEntryRow
from bot.storage.audit_models import AuditHeadRow as AuditHeadRow
from bot.storage.base import Base as Base
from bot.storage.base import UtcDateTime as UtcDateTime
from bot.storage.evidence_models import EvidenceRow as EvidenceRow
from bot.storage.operation_models import OperationRow as OperationRow
from bot.storage.refund_models import RefundDecisionRow as RefundDecisionRow
from bot.storage.refund_models import RefundPolicyRow as RefundPolicyRow
from bot.storage.refund_models import RefundRow as RefundRow
from bot.storage.refund_models import RefundVoteRow as RefundVoteRow
from bot.storage.satisfaction_models import SatisfactionRow as SatisfactionRow
from bot.storage.ticket_models import TicketDayRow as TicketDayRow
from bot.storage.ticket_models import TicketEntryRow as TicketEntryRow
from bot.storage.ticket_models import TicketRow as TicketRow


class ConversationRow(Base):
    """A player's one conversation in a game, and who owns it now."""

    __tablename__ = "conversation"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    game: Mapped[str] = mapped_column(String(64))
    player_id: Mapped[str] = mapped_column(String(128))
    player: Mapped[dict[str, Any]]  # the identity as last signed: name, server, role, vip, locale
    context: Mapped[dict[str, Any]] = mapped_column(
        default=dict, server_default="{}"
    )  # as the client reports
    locale: Mapped[str] = mapped_column(String(16), default="zh-CN")
    state: Mapped[str] = mapped_column(String(8), default="bot")
    case: Mapped[int] = mapped_column(default=1)  # how many times a new case began
    seq: Mapped[int] = mapped_column(default=0)  # number of the last message
    answered_seq: Mapped[int] = mapped_column(default=0)  # last player message the bot is done with
    answering_until: Mapped[datetime | None]  # a gateway is asking the brain until then at most
    fresh: Mapped[bool] = mapped_column(default=True)  # the brain begins anew with the next message
    read_seq: Mapped[int] = mapped_column(default=0)  # last message that the player has seen
    agent_read_seq: Mapped[int] = mapped_column(default=0)
    intent: Mapped[str | None] = mapped_column(String(64))  # last business reading of the case
    urgency: Mapped[int] = mapped_column(default=1)
    reason: Mapped[str | None] = mapped_column(String(64))  # why it was handed over
    queued_at: Mapped[datetime | None]
    queue_key: Mapped[datetime | None]
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    claimed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("game", "player_id"),
        Index("ix_conversation_state_queue_key", "state", "queue_key"),
        Index("ix_conversation_agent_id_state", "agent_id", "state"),
    )


class MessageRow(Base):
    """One message; seq is gap-free per conversation, and client_id, which each author chooses for himself,
    makes a resend harmless."""

    __tablename__ = "message"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    author: Mapped[str] = mapped_column(String(8))
    author_name: Mapped[str] = mapped_column(String(64), default="")
    text: Mapped[str] = mapped_column(Text)
    payload: Mapped[str | None] = mapped_column(Text)
    buttons: Mapped[list[Any]]
    client_id: Mapped[str | None] = mapped_column(String(128))
    meta: Mapped[dict[str, Any]]  # how it was understood
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("conversation_id", "author", "client_id"),)


class EventRow(Base):
    """What happened to a conversation beside messages: changes of owner, what actions did. Append-only."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"), index=True)
    seq: Mapped[int]  # the message after which it happened
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(32))
    actor: Mapped[str] = mapped_column(String(64))
    data: Mapped[dict[str, Any]]

    __table_args__ = (Index("ix_event_kind_id", "kind", "id"),)


class NoteRow(Base):
    """An agent's internal note on a conversation; players never see it."""

    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"), index=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class AgentRow(Base):
    """Someone who answers players."""

    __tablename__ = "agent"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(16), default="agent")
    password_hash: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]  # last sign of life of a live socket


class AgentSessionRow(Base):
    """A log-in of an agent. Only a hash of the cookie's token is kept."""

    __tablename__ = "agent_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class LoginFailureRow(Base):
    """A log-in that failed; recent ones slow the next ones down."""

    __tablename__ = "login_failure"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(64), index=True)
    address: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime]


class DialogueRow(Base):
    """The brain's memory of one conversation: a bounded Rasa tracker (bot/brain/tracker_store.py)."""

    __tablename__ = "dialogue"

    conversation_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    tracker: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]


class ContactRow(Base):
    """Somebody who is reached by sending (a WeChat follower), and how far his conversation was sent."""

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(80))  # "wechat:" and the account's name
    address: Mapped[str] = mapped_column(String(128))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"), index=True)
    bound_at: Mapped[datetime | None]  # since when the conversation is that of a player of the game
    reachable: Mapped[bool] = mapped_column(default=True)
    grants: Mapped[list[Any]]  # what may still be sent (bot/domain/send_quota.py)
    delivered_seq: Mapped[int] = mapped_column(default=0)  # last message that needs no sending any more
    delivered_parts: Mapped[int] = mapped_column(default=0)  # parts of the next one that were sent
    in_flight: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # sent, answer unknown
    uncertain: Mapped[list[Any]]  # numbers of messages that may not have arrived
    again: Mapped[list[Any]]  # those of them that are sent once more now
    kept: Mapped[bool] = mapped_column(default=False)  # nothing may be sent before the next contact
    busy_until: Mapped[datetime | None]  # a gateway is sending until then at most
    retry_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    seen_at: Mapped[datetime]  # last contact that lets us answer
    noticed_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("channel", "address"),)


class PushRow(Base):
    """What a platform pushed to us: kept until it is dealt with, and a while longer to count once."""

    __tablename__ = "push"

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(128))
    fields: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    busy_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("channel", "key"),
        Index("ix_push_address_done_at", "address", "done_at"),
        Index("ix_push_done_at", "done_at"),
    )


class BindingCodeRow(Base):
    """A one-time code that joins a contact with a player. Only a hash of it is kept."""

    __tablename__ = "binding_code"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))  # none: the player asked for it
    expires_at: Mapped[datetime]


class IdentityRequestRow(Base):
    """A message that can be answered only once the conversation is a known player's."""

    __tablename__ = "identity_request"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    seq: Mapped[int]


class WechatTokenRow(Base):
    """The access token that all processes of ours use for an account."""

    __tablename__ = "wechat_token"

    app_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    token: Mapped[str] = mapped_column(Text, default="")
    expires_at: Mapped[datetime | None]
    refreshing_until: Mapped[datetime | None]
    forced_at: Mapped[datetime | None]


class WechatMediaRow(Base):
    """A file that the platform has, and until when."""

    __tablename__ = "wechat_media"

    app_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_id: Mapped[str] = mapped_column(String(255))
    expires_at: Mapped[datetime]
