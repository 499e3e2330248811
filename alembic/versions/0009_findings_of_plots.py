"""findings about plots, and about no firm; of what exactly.

Revises: 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("finding") as batch_op:
        batch_op.alter_column("enterprise_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("plot_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("about", sa.String(length=160), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_finding_plot_id_plot"), "plot", ["plot_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_finding_plot_id"), ["plot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_about"), ["about"], unique=False)


def downgrade() -> None:
    op.execute("DELETE FROM finding WHERE enterprise_id IS NULL")
    with op.batch_alter_table("finding") as batch_op:
        batch_op.drop_index(batch_op.f("ix_finding_about"))
        batch_op.drop_index(batch_op.f("ix_finding_plot_id"))
        batch_op.drop_constraint(batch_op.f("fk_finding_plot_id_plot"), type_="foreignkey")
        batch_op.drop_column("about")
        batch_op.drop_column("plot_id")
        batch_op.alter_column("enterprise_id", existing_type=sa.Integer(), nullable=False)
