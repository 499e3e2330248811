"""slips of leaf that were refused when they arrived.

Revises: 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refused_slip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.String(length=40), nullable=False),
        sa.Column("plot_no", sa.String(length=40), nullable=False),
        sa.Column("scale_no", sa.String(length=40), nullable=False),
        sa.Column("gross_g", sa.BigInteger(), nullable=False),
        sa.Column("tare_g", sa.BigInteger(), nullable=False),
        sa.Column("leaf_grade", sa.String(length=40), nullable=False),
        sa.Column("certificate_no", sa.String(length=600), nullable=False),
        sa.Column("weighed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=600), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_refused_slip_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_refused_slip_event_id_event")),
        sa.ForeignKeyConstraint(["sent_by"], ["user.id"], name=op.f("fk_refused_slip_sent_by_user")),
        sa.ForeignKeyConstraint(["settled_by"], ["user.id"], name=op.f("fk_refused_slip_settled_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_slip")),
    )
    with op.batch_alter_table("refused_slip") as batch_op:
        batch_op.create_index(batch_op.f("ix_refused_slip_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refused_slip_no"), ["no"], unique=False)


def downgrade() -> None:
    op.drop_table("refused_slip")
