"""the public log; facts that are there already wait for their number, and an opening can be forgotten.

Revises: 0017.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("fact") as batch_op:
        batch_op.alter_column("private", existing_type=sa.Text(), nullable=True)
        batch_op.alter_column("salt", existing_type=sa.String(length=32), nullable=True)
    op.create_table(
        "unsealed",
        sa.Column("fact_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("fact_id", name=op.f("pk_unsealed")),
    )
    op.create_table(
        "log_leaf",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fact_id", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_log_leaf")),
        sa.UniqueConstraint("fact_id", name=op.f("uq_log_leaf_fact_id")),
    )
    op.create_table(
        "log_tile",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "number", name=op.f("pk_log_tile")),
    )
    op.create_table(
        "log_checkpoint",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_log_checkpoint")),
    )
    op.create_table(
        "log_cosignature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("witness", sa.String(length=160), nullable=False),
        sa.Column("key_hash", sa.String(length=40), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_cosignature")),
        sa.UniqueConstraint(
            "size", "witness", "key_hash", name=op.f("uq_log_cosignature_size_witness_key_hash")
        ),
    )
    op.execute("INSERT INTO unsealed (fact_id) SELECT id FROM fact")


def downgrade() -> None:
    for name in ("log_cosignature", "log_checkpoint", "log_tile", "log_leaf", "unsealed"):
        op.drop_table(name)
    op.execute("UPDATE fact SET private = '{}' WHERE private IS NULL")
    op.execute("UPDATE fact SET salt = '' WHERE salt IS NULL")
    with op.batch_alter_table("fact") as batch_op:
        batch_op.alter_column("salt", existing_type=sa.String(length=32), nullable=False)
        batch_op.alter_column("private", existing_type=sa.Text(), nullable=False)
