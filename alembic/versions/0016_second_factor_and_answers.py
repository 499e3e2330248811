"""second factors of sign-ins; answers to doubts, and the findings they led to.

Revises: 0015.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("user") as batch_op:
        batch_op.add_column(sa.Column("tf_primary_method", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("tf_totp_secret", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("tf_last_counter", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("tf_wrong_codes", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("tf_wrong_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("doubt") as batch_op:
        batch_op.add_column(sa.Column("result", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("answer", sa.String(length=600), nullable=True))
        batch_op.add_column(sa.Column("finding_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_doubt_finding_id_finding"), "finding", ["finding_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_doubt_state"), ["state", "county", "id"], unique=False)
    with op.batch_alter_table("mark_request") as batch_op:
        batch_op.create_index(batch_op.f("ix_mark_request_state"), ["state"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("mark_request") as batch_op:
        batch_op.drop_index(batch_op.f("ix_mark_request_state"))
    with op.batch_alter_table("doubt") as batch_op:
        batch_op.drop_index(batch_op.f("ix_doubt_state"))
        batch_op.drop_constraint(batch_op.f("fk_doubt_finding_id_finding"), type_="foreignkey")
        for name in ("finding_id", "answer", "result"):
            batch_op.drop_column(name)
    with op.batch_alter_table("user") as batch_op:
        for name in (
            "tf_wrong_at",
            "tf_wrong_codes",
            "tf_last_counter",
            "tf_totp_secret",
            "tf_primary_method",
        ):
            batch_op.drop_column(name)
