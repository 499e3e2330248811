"""a tally of all looks at each mark; scans point back to the one before, and need no index.

Revises: 0002. Tallies are made from the scans that are there: looks of the public by their number and times, whatever
client they came from; nobody could be shown to have looked twice before clients were remembered.
"""

import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scan_tally",
        sa.Column("serial", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("last_scan", sa.Integer(), nullable=True),
        sa.Column("memory", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_scan_tally")),
    )
    with op.batch_alter_table("scan") as batch_op:
        batch_op.drop_index(batch_op.f("ix_scan_serial"))
        batch_op.add_column(sa.Column("again", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("previous", sa.Integer(), nullable=True))
    with op.batch_alter_table("scan") as batch_op:
        batch_op.alter_column("again", server_default=None)
    _tally()


def downgrade() -> None:
    with op.batch_alter_table("scan") as batch_op:
        batch_op.drop_column("previous")
        batch_op.drop_column("again")
        batch_op.create_index(batch_op.f("ix_scan_serial"), ["serial"], unique=False)
    op.drop_table("scan_tally")


# --- rows ---------------------------------------------------------------------------------------------------


def _tally() -> None:
    """Tie the scans of each mark together, and count them."""
    connection, tables = op.get_bind(), sa.MetaData()
    scan = sa.Table("scan", tables, autoload_with=connection)
    tally = sa.Table("scan_tally", tables, autoload_with=connection)
    kept: dict[int, dict[str, Any]] = {}
    for row in _scans(connection, scan):
        before = kept.get(row["serial"])
        if before is not None:
            tied = sa.update(scan).where(scan.c.id == row["id"]).values(previous=before["last_scan"])
            connection.execute(tied)
        kept[row["serial"]] = _counted(before, row)
    if kept:
        connection.execute(tally.insert(), list(kept.values()))


def _scans(connection: sa.Connection, scan: sa.Table) -> Iterator[Any]:
    return iter(connection.execute(sa.select(scan).order_by(scan.c.id)).mappings().all())


def _counted(before: dict[str, Any] | None, row: Any) -> dict[str, Any]:
    known = before or {"serial": row["serial"], "looks": 0, "checks": 0, "memory": "{}"}
    public, memory = row["door"] == "public", json.loads(known["memory"])
    if public:
        seconds = int(row["at"].replace(tzinfo=row["at"].tzinfo or UTC).timestamp())
        memory = {"first_at": seconds, **memory, "last_at": seconds}
    counts = {"looks": known["looks"] + public, "checks": known["checks"] + (not public)}
    return {**known, **counts, "memory": json.dumps(memory), "last_scan": row["id"]}
