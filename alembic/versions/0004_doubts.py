"""doubts of buyers, each with a photo at most.

Revises: 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "doubt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=True),
        sa.Column("enterprise_id", sa.Integer(), nullable=True),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("words", sa.String(length=600), nullable=False),
        sa.Column("typed", sa.String(length=40), nullable=True),
        sa.Column("verdict", sa.String(length=40), nullable=True),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("province", sa.String(length=40), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=600), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_doubt_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["settled_by"], ["user.id"], name=op.f("fk_doubt_settled_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doubt")),
        sa.UniqueConstraint("ref", name=op.f("uq_doubt_ref")),
    )
    with op.batch_alter_table("doubt") as batch_op:
        batch_op.create_index(batch_op.f("ix_doubt_county"), ["county"], unique=False)
        batch_op.create_index(batch_op.f("ix_doubt_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_doubt_serial"), ["serial"], unique=False)
    op.create_table(
        "doubt_photo",
        sa.Column("doubt_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["doubt_id"], ["doubt.id"], name=op.f("fk_doubt_photo_doubt_id_doubt")),
        sa.PrimaryKeyConstraint("doubt_id", name=op.f("pk_doubt_photo")),
    )


def downgrade() -> None:
    op.drop_table("doubt_photo")
    op.drop_table("doubt")
