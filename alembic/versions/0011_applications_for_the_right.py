"""applications for the right to use the mark.

Revises: 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("no", sa.String(length=40), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("right_basis", sa.String(length=40), nullable=False),
        sa.Column("scope", sa.String(length=160), nullable=False),
        sa.Column("standard", sa.String(length=40), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_application_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("no", name=op.f("uq_application_no")),
    )
    op.create_index(op.f("ix_application_enterprise_id"), "application", ["enterprise_id"], unique=False)
    op.create_table(
        "application_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("words", sa.String(length=600), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_application_step_application_id_application"),
        ),
        sa.ForeignKeyConstraint(["taken_by"], ["user.id"], name=op.f("fk_application_step_taken_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_step")),
    )
    op.create_index(
        op.f("ix_application_step_application_id"), "application_step", ["application_id"], unique=False
    )
    op.create_table(
        "application_document",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("paper", sa.String(length=40), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_application_document_application_id_application"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_application_document_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["step_id"],
            ["application_step.id"],
            name=op.f("fk_application_document_step_id_application_step"),
        ),
        sa.PrimaryKeyConstraint("application_id", "document_id", name=op.f("pk_application_document")),
    )
    op.create_index(
        op.f("ix_application_document_step_id"), "application_document", ["step_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("application_document")
    op.drop_table("application_step")
    op.drop_table("application")
