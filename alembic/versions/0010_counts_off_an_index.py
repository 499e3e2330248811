"""the root beside a firm's events in their order, so that they are counted without looking into the table.

Revises: 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

LATEST = {
    "ix_event_latest": ["enterprise_id", "happened_at", "id"],
    "ix_event_latest_kind": ["enterprise_id", "kind", "happened_at", "id"],
}
NO_AMENDMENT = {"sqlite_where": sa.text("root_id IS NULL"), "postgresql_where": sa.text("root_id IS NULL")}


def upgrade() -> None:
    _made_anew("root_id")


def downgrade() -> None:
    _made_anew()


def _made_anew(*further: str) -> None:
    for name, columns in LATEST.items():
        op.drop_index(name, "event")
        op.create_index(name, "event", [*columns, *further], **NO_AMENDMENT)
