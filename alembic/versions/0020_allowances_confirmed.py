"""allowances of a year confirmed for many plots at once, and the confirmation a figure came with.

Revises: 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "allowance_confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("plots", sa.Integer(), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user.id"], name=op.f("fk_allowance_confirmation_decided_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"],
            ["allowance_confirmation.id"],
            name=op.f("fk_allowance_confirmation_undoes_id_allowance_confirmation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allowance_confirmation")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_allowance_confirmation_undoes_id")),
    )
    with op.batch_alter_table("plot_allowance") as batch_op:
        batch_op.add_column(sa.Column("confirmation_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_plot_allowance_confirmation_id_allowance_confirmation"),
            "allowance_confirmation",
            ["confirmation_id"],
            ["id"],
        )
        batch_op.create_index(
            batch_op.f("ix_plot_allowance_confirmation_id"), ["confirmation_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("plot_allowance") as batch_op:
        batch_op.drop_index(batch_op.f("ix_plot_allowance_confirmation_id"))
        batch_op.drop_constraint(
            batch_op.f("fk_plot_allowance_confirmation_id_allowance_confirmation"), type_="foreignkey"
        )
        batch_op.drop_column("confirmation_id")
    op.drop_table("allowance_confirmation")
