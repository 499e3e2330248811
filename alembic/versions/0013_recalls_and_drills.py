"""recalls of more than a lot, who had the goods, how they ended; drills.

Revises: 0012.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _recall()
    _holders()
    _drills()


def _recall() -> None:
    with op.batch_alter_table("recall") as batch_op:
        batch_op.alter_column("lot_id", existing_type=sa.Integer(), nullable=True)
        batch_op.alter_column("enterprise_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("scope", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("subject", sa.String(length=160), nullable=True))
        batch_op.add_column(sa.Column("plot_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("first", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("last", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("since", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("known_at", _MOMENT, nullable=True))
        batch_op.add_column(sa.Column("figures", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("closed_at", _MOMENT, nullable=True))
        batch_op.add_column(sa.Column("closed_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("close_reason", sa.String(length=600), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_recall_plot_id_plot"), "plot", ["plot_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_recall_closed_by_user"), "user", ["closed_by"], ["id"])
        batch_op.create_index(batch_op.f("ix_recall_plot_id"), ["plot_id"], unique=False)
    op.execute(
        "UPDATE recall SET scope = 'lot', known_at = ordered_at, figures = '{}', "
        "subject = (SELECT no FROM lot WHERE lot.id = recall.lot_id)"
    )
    with op.batch_alter_table("recall") as batch_op:
        batch_op.alter_column("scope", existing_type=sa.String(length=40), nullable=False)
        batch_op.alter_column("subject", existing_type=sa.String(length=160), nullable=False)
        batch_op.alter_column("known_at", existing_type=_MOMENT, nullable=False)
        batch_op.alter_column("figures", existing_type=sa.Text(), nullable=False)


def _holders() -> None:
    op.create_table(
        "recall_holder",
        sa.Column("recall_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("stopped_at", _MOMENT, nullable=True),
        sa.Column("stopped_by", sa.Integer(), nullable=True),
        *_references("recall_holder", recall_id="recall", party_id="party", stopped_by="user"),
        sa.PrimaryKeyConstraint("recall_id", "party_id", name=op.f("pk_recall_holder")),
    )
    op.create_index(op.f("ix_recall_holder_party_id"), "recall_holder", ["party_id"])


def _references(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
        for column, other in columns.items()
    ]


def _drills() -> None:
    op.create_table(
        "recall_drill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("started_by", sa.Integer(), nullable=False),
        sa.Column("listed_at", _MOMENT, nullable=True),
        sa.Column("listed_by", sa.Integer(), nullable=True),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=True),
        sa.Column("plot_id", sa.Integer(), nullable=True),
        sa.Column("enterprise_id", sa.Integer(), nullable=True),
        sa.Column("first", sa.BigInteger(), nullable=True),
        sa.Column("last", sa.BigInteger(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        *_references(
            "recall_drill",
            started_by="user",
            listed_by="user",
            lot_id="lot",
            plot_id="plot",
            enterprise_id="enterprise",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_drill")),
    )
    for column in ("county", "lot_id", "plot_id", "enterprise_id"):
        op.create_index(op.f(f"ix_recall_drill_{column}"), "recall_drill", [column])


def downgrade() -> None:
    for table in ("recall_drill", "recall_holder"):
        op.drop_table(table)
    gone = sa.text("SELECT id FROM recall WHERE lot_id IS NULL OR enterprise_id IS NULL").columns(
        sa.column("id")
    )
    for table in ("recall_lot", "recall_notice"):
        kept = sa.table(table, sa.column("recall_id"))
        op.execute(sa.delete(kept).where(kept.c.recall_id.in_(gone)))
    op.execute("DELETE FROM recall WHERE lot_id IS NULL OR enterprise_id IS NULL")
    with op.batch_alter_table("recall") as batch_op:
        batch_op.drop_index(batch_op.f("ix_recall_plot_id"))
        batch_op.drop_constraint(batch_op.f("fk_recall_plot_id_plot"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_recall_closed_by_user"), type_="foreignkey")
        for column in (
            "scope", "subject", "plot_id", "first", "last", "since", "until", "known_at", "figures", "closed_at",
            "closed_by", "close_reason",
        ):  # fmt: skip
            batch_op.drop_column(column)
        batch_op.alter_column("lot_id", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("enterprise_id", existing_type=sa.Integer(), nullable=False)
