"""What is on hand, what a plot gave and where tea went are read off the indexes alone; files of lots withdrawn.

Revises: 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("entry") as batch_op:
        batch_op.create_index(
            "ix_entry_leaf_of",
            ["lot_id", "plot_id", "grams"],
            unique=False,
            sqlite_where=sa.text("plot_id IS NOT NULL"),
            postgresql_where=sa.text("plot_id IS NOT NULL"),
        )
    with op.batch_alter_table("edge") as batch_op:
        batch_op.drop_index("ix_edge_source_id")
        batch_op.drop_index("ix_edge_target_id")
        batch_op.create_index("ix_edge_forward", ["source_id", "target_id", "grams"], unique=False)
        batch_op.create_index("ix_edge_back", ["target_id", "source_id", "grams"], unique=False)

    op.create_table(
        "document_withdrawal",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_withdrawal_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["user.id"], name=op.f("fk_document_withdrawal_withdrawn_by_user")
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_document_withdrawal")),
    )


def downgrade() -> None:
    op.drop_table("document_withdrawal")
    with op.batch_alter_table("edge") as batch_op:
        batch_op.drop_index("ix_edge_back")
        batch_op.drop_index("ix_edge_forward")
        batch_op.create_index("ix_edge_target_id", ["target_id"], unique=False)
        batch_op.create_index("ix_edge_source_id", ["source_id"], unique=False)
    with op.batch_alter_table("entry") as batch_op:
        batch_op.drop_index("ix_entry_leaf_of")
