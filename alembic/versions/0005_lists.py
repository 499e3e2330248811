"""Indices for long lists: a firm's events and lots in order, stock and sums read off an index.

Revises: 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LISTED = {
    "event": {
        "ix_event_latest": ["enterprise_id", "happened_at", "id"],
        "ix_event_latest_kind": ["enterprise_id", "kind", "happened_at", "id"],
    },
    "entry": {
        "ix_entry_stock": ["party_id", "account", "lot_id", "grams", "packs"],
        "ix_entry_lot": ["lot_id", "account", "party_id", "grams", "packs"],
        "ix_entry_sums": ["root_id", "account", "grams", "packs", "plot_id"],
        "ix_entry_plot": ["plot_id", "part", "lot_id", "grams", "root_id"],
    },
    "lot": {
        "ix_lot_made": ["origin_id", "id"],
        "ix_lot_made_kind": ["origin_id", "kind", "id"],
    },
}
#: What those begin with had an index of its own.
CONTAINED = {"entry": ["root_id", "lot_id", "party_id", "plot_id"], "lot": ["origin_id"]}
NO_AMENDMENT = {"sqlite_where": sa.text("root_id IS NULL"), "postgresql_where": sa.text("root_id IS NULL")}


def upgrade() -> None:
    for table, found in LISTED.items():
        for name, columns in found.items():
            op.create_index(name, table, columns, **(NO_AMENDMENT if table == "event" else {}))
    for table, gone in CONTAINED.items():
        for column in gone:
            op.drop_index(f"ix_{table}_{column}", table)


def downgrade() -> None:
    for table, gone in CONTAINED.items():
        for column in gone:
            op.create_index(f"ix_{table}_{column}", table, [column])
    for table, found in LISTED.items():
        for name in found:
            op.drop_index(name, table)
