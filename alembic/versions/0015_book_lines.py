"""lines of the books, made from the entries there are.

Revises: 0014.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_SHANGHAI = {
    "sqlite": (
        "CAST(strftime('%Y', v.happened_at, '+8 hours') AS INTEGER)",
        "date(v.recorded_at, '+8 hours')",
    ),
    "postgresql": (
        "CAST(EXTRACT(YEAR FROM v.happened_at AT TIME ZONE 'Asia/Shanghai') AS INTEGER)",
        "CAST(v.recorded_at AT TIME ZONE 'Asia/Shanghai' AS DATE)",
    ),
}

#: An event without stock of its own (goods lost on the way) stands in the books of the firm that told it.
_FILL = """
    INSERT INTO book_line (season, holder_id, kind, account, lot_kind, recorded_on, grams, packs)
    SELECT season, holder_id, kind, account, lot_kind, recorded_on, SUM(grams), SUM(packs) FROM (
        SELECT {year} AS season, COALESCE(e.party_id, (SELECT MIN(h.party_id) FROM entry h
               WHERE h.event_id = e.event_id), p.id) AS holder_id, v.kind AS kind, e.account AS account,
               COALESCE(l.kind, '') AS lot_kind, {day} AS recorded_on, e.grams AS grams, e.packs AS packs
        FROM entry e JOIN event v ON v.id = e.event_id JOIN party p ON p.enterprise_id = v.enterprise_id
             LEFT JOIN lot l ON l.id = e.lot_id
    ) made GROUP BY season, holder_id, kind, account, lot_kind, recorded_on
    HAVING SUM(grams) <> 0 OR SUM(packs) <> 0
"""


def upgrade() -> None:
    op.create_table(
        "book_line",
        sa.Column("season", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("holder_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("lot_kind", sa.String(length=40), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("packs", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["holder_id"], ["party.id"], name=op.f("fk_book_line_holder_id_party")),
        sa.PrimaryKeyConstraint(
            "season", "holder_id", "kind", "account", "lot_kind", "recorded_on", name=op.f("pk_book_line")
        ),
    )
    year, day = _SHANGHAI[op.get_bind().dialect.name]
    op.execute(sa.text(_FILL.format(year=year, day=day)))


def downgrade() -> None:
    op.drop_table("book_line")
