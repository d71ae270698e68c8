"""client ids by author"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("message") as batch_op:
        batch_op.drop_constraint("uq_message_conversation_id_client_id", type_="unique")
        batch_op.create_unique_constraint(
            "uq_message_conversation_id_author_client_id", ["conversation_id", "author", "client_id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("message") as batch_op:
        batch_op.drop_constraint("uq_message_conversation_id_author_client_id", type_="unique")
        batch_op.create_unique_constraint(
            "uq_message_conversation_id_client_id", ["conversation_id", "client_id"]
        )
