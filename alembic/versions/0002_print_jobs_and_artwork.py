"""print jobs with their files, witnesses of mark actions, artwork.

Revises: 0001. A print job was a row per range and had no files; those rows are carried over as jobs that are done.
"""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_artwork()
    with op.batch_alter_table("mark_action") as batch_op:
        batch_op.add_column(sa.Column("witness", sa.String(length=160), nullable=True))
    before, faces = _rows("print_job"), _faces()
    op.drop_table("print_job")
    _create_print_job()
    _create_print_range()
    _create_print_file()
    _fill("print_job", [_done(row, faces.get(row["issue_id"], "{}")) for row in before])
    _fill(
        "print_range", [{"job_id": row["id"], "first": row["first"], "last": row["last"]} for row in before]
    )


def downgrade() -> None:
    jobs = {row["id"]: row for row in _rows("print_job")}
    ranges = _rows("print_range")
    for table in ("print_file", "print_range", "print_job"):
        op.drop_table(table)
    _create_print_job_of_ranges()
    _fill("print_job", [_ranged(n, jobs[one["job_id"]], one) for n, one in enumerate(ranges, 1)])
    with op.batch_alter_table("mark_action") as batch_op:
        batch_op.drop_column("witness")
    op.drop_table("artwork")


# --- rows ---------------------------------------------------------------------------------------------------


def _rows(name: str) -> list[dict[str, Any]]:
    connection = op.get_bind()
    table = sa.Table(name, sa.MetaData(), autoload_with=connection)
    return [dict(row) for row in connection.execute(sa.select(table).order_by(table.c.id)).mappings()]


def _fill(name: str, rows: list[dict[str, Any]]) -> None:
    """Insert rows; on PostgreSQL the ids given are counted, so that the next one is free."""
    connection = op.get_bind()
    table = sa.Table(name, sa.MetaData(), autoload_with=connection)
    if rows:
        connection.execute(table.insert(), rows)
    if rows and "id" in rows[0] and connection.dialect.name == "postgresql":
        last = max(row["id"] for row in rows)
        connection.execute(sa.text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {int(last)})"))


def _faces() -> dict[int, str]:
    """What is still known of the labels of an issued range: product and net content."""
    found = op.get_bind().execute(
        sa.text(
            "SELECT mark_issue.id, product.name, product.net_content_g FROM mark_issue"
            " JOIN product ON product.id = mark_issue.product_id"
        )
    )
    return {
        issue: json.dumps({"net_content": net, "product": name}, ensure_ascii=False, separators=(",", ":"))
        for issue, name, net in found
    }


def _done(row: Mapping[str, Any], face: str) -> dict[str, Any]:
    return {
        "id": row["id"],
        "no": f"L00-{row['id']:06d}",
        "issue_id": row["issue_id"],
        "medium": "labels",
        "design": row["design"],
        "design_sha256": "",
        "per_page": 1,
        "per_file": 5000,
        "start_cell": 0,
        "offset_right": 0,
        "offset_down": 0,
        "pack_day": row["pack_day"],
        "public_url": "",
        "face": face,
        "state": "done",
        "opened_at": row["printed_at"],
        "opened_by": row["printed_by"],
        "closed_at": row["printed_at"],
    }


def _ranged(number: int, job: Mapping[str, Any], one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": number,
        "issue_id": job["issue_id"],
        "first": one["first"],
        "last": one["last"],
        "design": job["design"],
        "pack_day": job["pack_day"],
        "printed_at": job["opened_at"],
        "printed_by": job["opened_by"],
    }


# --- tables -------------------------------------------------------------------------------------------------


def _create_artwork() -> None:
    op.create_table(
        "artwork",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=600), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_artwork_decided_by_user")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_artwork_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_artwork_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["submitted_by"], ["user.id"], name=op.f("fk_artwork_submitted_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_artwork")),
    )
    standing = sa.text("state IN ('submitted', 'approved')")
    with op.batch_alter_table("artwork") as batch_op:
        batch_op.create_index(batch_op.f("ix_artwork_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(
            "uq_artwork_standing",
            ["enterprise_id", "state"],
            unique=True,
            sqlite_where=standing,
            postgresql_where=standing,
        )


def _create_print_job() -> None:
    op.create_table(
        "print_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("no", sa.String(length=40), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("medium", sa.String(length=40), nullable=False),
        sa.Column("design", sa.String(length=40), nullable=False),
        sa.Column("design_sha256", sa.String(length=64), nullable=False),
        sa.Column("per_page", sa.Integer(), nullable=False),
        sa.Column("per_file", sa.Integer(), nullable=False),
        sa.Column("start_cell", sa.Integer(), nullable=False),
        sa.Column("offset_right", sa.Integer(), nullable=False),
        sa.Column("offset_down", sa.Integer(), nullable=False),
        sa.Column("pack_day", sa.Date(), nullable=True),
        sa.Column("public_url", sa.String(length=160), nullable=False),
        sa.Column("face", sa.Text(), nullable=False),
        sa.Column("artwork_id", sa.Integer(), nullable=True),
        sa.Column("recipient", sa.String(length=160), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=600), nullable=True),
        sa.Column("proof", sa.Text(), nullable=True),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["artwork_id"], ["artwork.id"], name=op.f("fk_print_job_artwork_id_artwork")),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["mark_issue.id"], name=op.f("fk_print_job_issue_id_mark_issue")
        ),
        sa.ForeignKeyConstraint(["opened_by"], ["user.id"], name=op.f("fk_print_job_opened_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_job")),
        sa.UniqueConstraint("no", name=op.f("uq_print_job_no")),
    )
    with op.batch_alter_table("print_job") as batch_op:
        batch_op.create_index(batch_op.f("ix_print_job_issue_id"), ["issue_id"], unique=False)


def _create_print_range() -> None:
    op.create_table(
        "print_range",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_print_range_in_order")),
        sa.ForeignKeyConstraint(["job_id"], ["print_job.id"], name=op.f("fk_print_range_job_id_print_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_range")),
    )
    with op.batch_alter_table("print_range") as batch_op:
        batch_op.create_index(batch_op.f("ix_print_range_job_id"), ["job_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_print_range_last"), ["last"], unique=False)


def _create_print_file() -> None:
    op.create_table(
        "print_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_over_by", sa.Integer(), nullable=True),
        sa.Column("reprints", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handed_over_by"], ["user.id"], name=op.f("fk_print_file_handed_over_by_user")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["print_job.id"], name=op.f("fk_print_file_job_id_print_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_file")),
        sa.UniqueConstraint("job_id", "seq", name=op.f("uq_print_file_job_id_seq")),
    )


def _create_print_job_of_ranges() -> None:
    """As revision 0001 had it."""
    op.create_table(
        "print_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("design", sa.String(length=40), nullable=False),
        sa.Column("pack_day", sa.Date(), nullable=True),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("printed_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_print_job_in_order")),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["mark_issue.id"], name=op.f("fk_print_job_issue_id_mark_issue")
        ),
        sa.ForeignKeyConstraint(["printed_by"], ["user.id"], name=op.f("fk_print_job_printed_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_job")),
    )
    with op.batch_alter_table("print_job") as batch_op:
        batch_op.create_index(batch_op.f("ix_print_job_issue_id"), ["issue_id"], unique=False)
