"""customers' complaints, whom a recall was told to, invitations of staff, what a clerk may do, facts by who did them.

Revises: 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _complaints()
    _recalls()
    _staff()


def _complaints() -> None:
    op.create_table(
        "complaint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("no", sa.String(length=40), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("source_no", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("words", sa.String(length=600), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=True),
        sa.Column("lot_id", sa.Integer(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_complaint_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_complaint_lot_id_lot")),
        sa.ForeignKeyConstraint(["entered_by"], ["user.id"], name=op.f("fk_complaint_entered_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("enterprise_id", "no", name=op.f("uq_complaint_enterprise_id_no")),
    )
    op.create_index(op.f("ix_complaint_enterprise_id"), "complaint", ["enterprise_id"])
    op.create_index(op.f("ix_complaint_lot_id"), "complaint", ["lot_id"])
    op.create_table(
        "complaint_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("words", sa.String(length=600), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_complaint_step_complaint_id_complaint")
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["user.id"], name=op.f("fk_complaint_step_entered_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_step")),
    )
    op.create_index(op.f("ix_complaint_step_complaint_id"), "complaint_step", ["complaint_id"])
    for name, columns in (
        ("complaint_contact", [sa.Column("telephone", sa.String(length=40), nullable=False)]),
        (
            "complaint_photo",
            [
                sa.Column("sha256", sa.String(length=64), nullable=False),
                sa.Column("content", sa.LargeBinary(), nullable=False),
            ],
        ),
    ):
        op.create_table(
            name,
            sa.Column("complaint_id", sa.Integer(), nullable=False),
            *columns,
            sa.ForeignKeyConstraint(
                ["complaint_id"], ["complaint.id"], name=op.f(f"fk_{name}_complaint_id_complaint")
            ),
            sa.PrimaryKeyConstraint("complaint_id", name=op.f(f"pk_{name}")),
        )


def _recalls() -> None:
    op.create_table(
        "recall_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recall_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=160), nullable=False),
        sa.Column("way", sa.String(length=40), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["recall_id"], ["recall.id"], name=op.f("fk_recall_notice_recall_id_recall")),
        sa.ForeignKeyConstraint(["entered_by"], ["user.id"], name=op.f("fk_recall_notice_entered_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_notice")),
    )
    op.create_index(op.f("ix_recall_notice_recall_id"), "recall_notice", ["recall_id"])


def _staff() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=160), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("grants", sa.String(length=600), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_invitation_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["invited_by"], ["user.id"], name=op.f("fk_invitation_invited_by_user")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_invitation_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_invitation_token_sha256")),
    )
    op.create_index(op.f("ix_invitation_enterprise_id"), "invitation", ["enterprise_id"])
    op.add_column("user", sa.Column("grants", sa.String(length=600), nullable=True))
    op.create_index("ix_fact_actor_id_recorded_at", "fact", ["actor_id", "recorded_at"])


def downgrade() -> None:
    op.drop_index("ix_fact_actor_id_recorded_at", "fact")
    op.drop_column("user", "grants")
    for table in (
        "invitation",
        "recall_notice",
        "complaint_photo",
        "complaint_contact",
        "complaint_step",
        "complaint",
    ):
        op.drop_table(table)
