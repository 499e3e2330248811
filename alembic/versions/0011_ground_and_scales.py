"""requests for more allowance, surveys of plots, boundaries of counties, verifications of scales.

Revises: 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _requests()


def _requests() -> None:
    with op.batch_alter_table("refused_slip") as batch_op:
        batch_op.add_column(sa.Column("part_event_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("part_g", sa.BigInteger(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_refused_slip_part_event_id_event"), "event", ["part_event_id"], ["id"]
        )
    op.create_table(
        "allowance_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("plot_id", sa.Integer(), nullable=False),
        sa.Column("season", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("slip_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("granted_g", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.String(length=600), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["user.id"], name=op.f("fk_allowance_request_asked_by_user")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user.id"], name=op.f("fk_allowance_request_decided_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_allowance_request_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["plot_id"], ["plot.id"], name=op.f("fk_allowance_request_plot_id_plot")),
        sa.ForeignKeyConstraint(
            ["slip_id"], ["refused_slip.id"], name=op.f("fk_allowance_request_slip_id_refused_slip")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allowance_request")),
    )
    with op.batch_alter_table("allowance_request") as batch_op:
        for column in ("enterprise_id", "plot_id", "slip_id", "state"):
            batch_op.create_index(batch_op.f(f"ix_allowance_request_{column}"), [column], unique=False)


def downgrade() -> None:
    op.drop_table("allowance_request")
    with op.batch_alter_table("refused_slip") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_refused_slip_part_event_id_event"), type_="foreignkey")
        batch_op.drop_column("part_g")
        batch_op.drop_column("part_event_id")
