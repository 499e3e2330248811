"""requests for more allowance, surveys of plots, boundaries of counties, verifications of scales.

Revises: 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _requests()
    _ground()
    _scales()


def _requests() -> None:
    with op.batch_alter_table("refused_slip") as batch_op:
        batch_op.add_column(sa.Column("part_event_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("part_g", sa.BigInteger(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_refused_slip_part_event_id_event"), "event", ["part_event_id"], ["id"]
        )
    op.create_table(
        "allowance_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("plot_id", sa.Integer(), nullable=False),
        sa.Column("season", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("slip_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("granted_g", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.String(length=600), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["user.id"], name=op.f("fk_allowance_request_asked_by_user")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user.id"], name=op.f("fk_allowance_request_decided_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_allowance_request_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["plot_id"], ["plot.id"], name=op.f("fk_allowance_request_plot_id_plot")),
        sa.ForeignKeyConstraint(
            ["slip_id"], ["refused_slip.id"], name=op.f("fk_allowance_request_slip_id_refused_slip")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allowance_request")),
    )
    with op.batch_alter_table("allowance_request") as batch_op:
        for column in ("enterprise_id", "plot_id", "slip_id", "state"):
            batch_op.create_index(batch_op.f(f"ix_allowance_request_{column}"), [column], unique=False)


def _ground() -> None:
    with op.batch_alter_table("grower") as batch_op:
        batch_op.add_column(sa.Column("telephone_commitment", sa.String(length=64), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_grower_telephone_commitment"), ["telephone_commitment"], unique=False
        )
    op.create_table(
        "county_boundary",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=40), nullable=False),
        sa.Column("file", sa.String(length=160), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("loaded_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["loaded_by"], ["user.id"], name=op.f("fk_county_boundary_loaded_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_county_boundary")),
    )
    with op.batch_alter_table("county_boundary") as batch_op:
        batch_op.create_index(batch_op.f("ix_county_boundary_county"), ["county"], unique=False)
    op.create_table(
        "plot_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plot_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("area_mu", sa.String(length=24), nullable=False),
        sa.Column("area_before", sa.String(length=24), nullable=True),
        sa.Column("grower_id", sa.Integer(), nullable=False),
        sa.Column("grower_before", sa.Integer(), nullable=True),
        sa.Column("lon", sa.String(length=24), nullable=True),
        sa.Column("lat", sa.String(length=24), nullable=True),
        sa.Column("boundary", sa.Text(), nullable=True),
        sa.Column("contract_no", sa.String(length=40), nullable=True),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=600), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=600), nullable=True),
        sa.Column("checked", sa.String(length=40), nullable=True),
        sa.Column("checked_by_file", sa.String(length=160), nullable=True),
        sa.Column("file_loaded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_plot_change_decided_by_user")),
        sa.ForeignKeyConstraint(["entered_by"], ["user.id"], name=op.f("fk_plot_change_entered_by_user")),
        sa.ForeignKeyConstraint(
            ["grower_before"], ["grower.id"], name=op.f("fk_plot_change_grower_before_grower")
        ),
        sa.ForeignKeyConstraint(["grower_id"], ["grower.id"], name=op.f("fk_plot_change_grower_id_grower")),
        sa.ForeignKeyConstraint(["photo_id"], ["document.id"], name=op.f("fk_plot_change_photo_id_document")),
        sa.ForeignKeyConstraint(["plot_id"], ["plot.id"], name=op.f("fk_plot_change_plot_id_plot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plot_change")),
    )
    with op.batch_alter_table("plot_change") as batch_op:
        for column in ("plot_id", "state", "lat", "contract_no"):
            batch_op.create_index(batch_op.f(f"ix_plot_change_{column}"), [column], unique=False)


def _scales() -> None:
    """What each scale says now is its first known verification."""
    op.create_table(
        "scale_verification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scale_id", sa.Integer(), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=False),
        sa.Column("verified_until", sa.Date(), nullable=False),
        sa.Column("certificate_no", sa.String(length=40), nullable=True),
        sa.Column("body", sa.String(length=160), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user.id"], name=op.f("fk_scale_verification_recorded_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["scale_id"], ["scale.id"], name=op.f("fk_scale_verification_scale_id_scale")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scale_verification")),
    )
    with op.batch_alter_table("scale_verification") as batch_op:
        batch_op.create_index(batch_op.f("ix_scale_verification_scale_id"), ["scale_id"], unique=False)
    op.execute(
        "INSERT INTO scale_verification (scale_id, verified_on, verified_until)"
        " SELECT id, verified_on, verified_until FROM scale"
    )


def downgrade() -> None:
    op.drop_table("scale_verification")
    op.drop_table("plot_change")
    op.drop_table("county_boundary")
    with op.batch_alter_table("grower") as batch_op:
        batch_op.drop_index(batch_op.f("ix_grower_telephone_commitment"))
        batch_op.drop_column("telephone_commitment")
    op.drop_table("allowance_request")
    with op.batch_alter_table("refused_slip") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_refused_slip_part_event_id_event"), type_="foreignkey")
        batch_op.drop_column("part_g")
        batch_op.drop_column("part_event_id")
