"""inspections: plans as drawn, visits with their lines, samples with reports and verdicts.

Revises: 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inspection_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("no", sa.String(length=40), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("drawn_from", sa.Text(), nullable=False),
        sa.Column("announced", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by", sa.Integer(), nullable=False),
        sa.Column("called_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_off_by", sa.Integer(), nullable=True),
        sa.Column("call_off_reason", sa.String(length=600), nullable=True),
        sa.ForeignKeyConstraint(
            ["called_off_by"], ["user.id"], name=op.f("fk_inspection_plan_called_off_by_user")
        ),
        sa.ForeignKeyConstraint(["drawn_by"], ["user.id"], name=op.f("fk_inspection_plan_drawn_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_plan")),
        sa.UniqueConstraint("no", name=op.f("uq_inspection_plan_no")),
    )
    with op.batch_alter_table("inspection_plan") as batch_op:
        batch_op.create_index(batch_op.f("ix_inspection_plan_county"), ["county"], unique=False)

    op.create_table(
        "inspection_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("no", sa.String(length=40), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=600), nullable=True),
        sa.Column("chances", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("complaints", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=True),
        sa.Column("doubt_id", sa.Integer(), nullable=True),
        sa.Column("announced", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["doubt_id"], ["doubt.id"], name=op.f("fk_inspection_visit_doubt_id_doubt")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_inspection_visit_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_inspection_visit_finding_id_finding")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["inspection_plan.id"], name=op.f("fk_inspection_visit_plan_id_inspection_plan")
        ),
        sa.ForeignKeyConstraint(
            ["planned_by"], ["user.id"], name=op.f("fk_inspection_visit_planned_by_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_visit")),
        sa.UniqueConstraint("no", name=op.f("uq_inspection_visit_no")),
    )
    with op.batch_alter_table("inspection_visit") as batch_op:
        batch_op.create_index(batch_op.f("ix_inspection_visit_county"), ["county"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_inspection_visit_enterprise_id"), ["enterprise_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_inspection_visit_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "inspection_inspector",
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_inspection_inspector_user_id_user")),
        sa.ForeignKeyConstraint(
            ["visit_id"],
            ["inspection_visit.id"],
            name=op.f("fk_inspection_inspector_visit_id_inspection_visit"),
        ),
        sa.PrimaryKeyConstraint("visit_id", "place", name=op.f("pk_inspection_inspector")),
    )
    with op.batch_alter_table("inspection_inspector") as batch_op:
        batch_op.create_index(batch_op.f("ix_inspection_inspector_user_id"), ["user_id"], unique=False)

    op.create_table(
        "inspection_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=True),
        sa.Column("booked", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.String(length=600), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_inspection_line_document_id_document")
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["user.id"], name=op.f("fk_inspection_line_entered_by_user")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["inspection_visit.id"], name=op.f("fk_inspection_line_visit_id_inspection_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_line")),
    )
    with op.batch_alter_table("inspection_line") as batch_op:
        batch_op.create_index(batch_op.f("ix_inspection_line_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "inspection_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("access", sa.String(length=40), nullable=True),
        sa.Column("result", sa.String(length=40), nullable=True),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=600), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entered_by"], ["user.id"], name=op.f("fk_inspection_step_entered_by_user")),
        sa.ForeignKeyConstraint(["second_id"], ["user.id"], name=op.f("fk_inspection_step_second_id_user")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["inspection_visit.id"], name=op.f("fk_inspection_step_visit_id_inspection_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_step")),
    )
    with op.batch_alter_table("inspection_step") as batch_op:
        batch_op.create_index(batch_op.f("ix_inspection_step_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("no", sa.String(length=40), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("taken_from", sa.String(length=160), nullable=False),
        sa.Column("seal_no", sa.String(length=40), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_sample_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_sample_event_id_event")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_sample_lot_id_lot")),
        sa.ForeignKeyConstraint(["taken_by"], ["user.id"], name=op.f("fk_sample_taken_by_user")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["inspection_visit.id"], name=op.f("fk_sample_visit_id_inspection_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample")),
        sa.UniqueConstraint("no", name=op.f("uq_sample_no")),
        sa.UniqueConstraint("seal_no", name=op.f("uq_sample_seal_no")),
    )
    with op.batch_alter_table("sample") as batch_op:
        batch_op.create_index(batch_op.f("ix_sample_county"), ["county"], unique=False)
        batch_op.create_index(batch_op.f("ix_sample_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sample_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sample_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sample_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "sample_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("report_no", sa.String(length=40), nullable=False),
        sa.Column("lab", sa.String(length=160), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("tested", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_sample_report_document_id_document")
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["user.id"], name=op.f("fk_sample_report_entered_by_user")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_sample_report_sample_id_sample")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_report")),
    )
    with op.batch_alter_table("sample_report") as batch_op:
        batch_op.create_index(batch_op.f("ix_sample_report_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sample_report_report_no"), ["report_no"], unique=False)
        batch_op.create_index(batch_op.f("ix_sample_report_sample_id"), ["sample_id"], unique=False)

    op.create_table(
        "sample_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("words", sa.String(length=600), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entered_by"], ["user.id"], name=op.f("fk_sample_step_entered_by_user")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_sample_step_sample_id_sample")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_step")),
    )
    with op.batch_alter_table("sample_step") as batch_op:
        batch_op.create_index(batch_op.f("ix_sample_step_sample_id"), ["sample_id"], unique=False)

    op.create_table(
        "sample_verdict",
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("failing", sa.Text(), nullable=False),
        sa.Column("words", sa.String(length=600), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["given_by"], ["user.id"], name=op.f("fk_sample_verdict_given_by_user")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["sample_report.id"], name=op.f("fk_sample_verdict_report_id_sample_report")
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["sample.id"], name=op.f("fk_sample_verdict_sample_id_sample")
        ),
        sa.PrimaryKeyConstraint("sample_id", name=op.f("pk_sample_verdict")),
        sa.UniqueConstraint("report_id", name=op.f("uq_sample_verdict_report_id")),
    )


def downgrade() -> None:
    op.drop_table("sample_verdict")
    op.drop_table("sample_step")
    op.drop_table("sample_report")
    op.drop_table("sample")
    op.drop_table("inspection_step")
    op.drop_table("inspection_line")
    op.drop_table("inspection_inspector")
    op.drop_table("inspection_visit")
    op.drop_table("inspection_plan")
