"""refund engine"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.storage.models

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TIME = bot.storage.models.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "refund_policy",
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("first_used_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_refund_policy")),
    )
    op.create_table(
        "refund_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("game", sa.String(length=64), nullable=False),
        sa.Column("order_no", sa.String(length=64), nullable=False),
        sa.Column("player_id", sa.String(length=128), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("policy", sa.String(length=32), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("decision", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_refund_decision_conversation_id_conversation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_decision")),
    )
    with op.batch_alter_table("refund_decision", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_refund_decision_conversation_id"), ["conversation_id"], unique=False
        )
        batch_op.create_index("ix_refund_decision_game_order_no", ["game", "order_no"], unique=False)
    # What was decided before there was a policy file keeps its facts, under the version "none".
    op.execute(
        "INSERT INTO refund_decision"
        " (game, order_no, player_id, conversation_id, at, policy, facts, decision)"
        " SELECT game, order_no, player_id, conversation_id, created_at, 'none', facts, '{}' FROM refund"
    )
    with op.batch_alter_table("refund", schema=None) as batch_op:
        batch_op.add_column(sa.Column("remedy", sa.String(length=8), nullable=False, server_default="refund"))
        batch_op.add_column(sa.Column("attempt", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("units", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("target", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("decision_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("approvals", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("ticket", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("ended_seq", sa.Integer(), nullable=True))
        batch_op.create_index("ix_refund_state_updated_at", ["state", "updated_at"], unique=False)
    op.execute(
        "UPDATE refund SET decision_id = (SELECT d.id FROM refund_decision d"
        " WHERE d.game = refund.game AND d.order_no = refund.order_no)"
    )
    _units_of_those_under_way()
    with op.batch_alter_table("refund", schema=None) as batch_op:
        for name in ("remedy", "attempt", "units", "approvals", "failures", "told"):
            batch_op.alter_column(name, server_default=None)
        batch_op.alter_column("decision_id", existing_type=sa.Integer(), nullable=False)
        batch_op.create_foreign_key(
            op.f("fk_refund_decision_id_refund_decision"), "refund_decision", ["decision_id"], ["id"]
        )
        batch_op.drop_column("facts")
    op.create_table(
        "refund_vote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("refund_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_refund_vote_agent_id_agent")),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_refund_vote_refund_id_refund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_vote")),
        sa.UniqueConstraint(
            "refund_id", "attempt", "agent_id", name=op.f("uq_refund_vote_refund_id_attempt_agent_id")
        ),
    )


def _units_of_those_under_way() -> None:
    """A refund that the game was asked for before takes back what its order had brought."""
    refund = sa.table(
        "refund", sa.column("id"), sa.column("state"), sa.column("units"), sa.column("facts", sa.JSON)
    )
    bind = op.get_bind()
    for id, facts in bind.execute(
        sa.select(refund.c.id, refund.c.facts).where(refund.c.state == "reserved")
    ).all():
        units = int((facts or {}).get("order", {}).get("granted", 0))
        bind.execute(sa.update(refund).where(refund.c.id == id).values(units=units))


def downgrade() -> None:
    op.drop_table("refund_vote")
    with op.batch_alter_table("refund", schema=None) as batch_op:
        batch_op.add_column(sa.Column("facts", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.drop_constraint(op.f("fk_refund_decision_id_refund_decision"), type_="foreignkey")
        batch_op.drop_index("ix_refund_state_updated_at")
        for name in (
            "remedy",
            "attempt",
            "units",
            "target",
            "decision_id",
            "approvals",
            "ticket",
            "failures",
            "told",
            "ended_seq",
        ):
            batch_op.drop_column(name)
    op.drop_table("refund_decision")
    op.drop_table("refund_policy")
