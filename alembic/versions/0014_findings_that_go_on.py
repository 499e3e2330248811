"""findings that somebody takes, settles with a result, and that come back with new evidence.

Revises: 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "finding_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("result", sa.String(length=40), nullable=True),
        sa.Column("words", sa.String(length=600), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["done_by"], ["user.id"], name=op.f("fk_finding_step_done_by_user")),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_finding_step_finding_id_finding")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_step")),
    )
    op.create_index(op.f("ix_finding_step_finding_id"), "finding_step", ["finding_id"], unique=False)
    with op.batch_alter_table("finding") as batch_op:
        batch_op.add_column(sa.Column("result", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("taken_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("extent", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_finding_taken_by_user"), "user", ["taken_by"], ["id"])
        batch_op.create_index(batch_op.f("ix_finding_state"), ["state", "county", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("finding") as batch_op:
        batch_op.drop_index(batch_op.f("ix_finding_state"))
        batch_op.drop_constraint(batch_op.f("fk_finding_taken_by_user"), type_="foreignkey")
        batch_op.drop_column("extent")
        batch_op.drop_column("taken_by")
        batch_op.drop_column("result")
    op.execute("UPDATE finding SET state = 'open' WHERE state = 'looking'")
    op.drop_index(op.f("ix_finding_step_finding_id"), table_name="finding_step")
    op.drop_table("finding_step")
