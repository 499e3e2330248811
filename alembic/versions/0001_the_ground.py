"""the ground.

Revises: nothing before it. No model is imported here: it must mean the same in ten years.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counter",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "enterprise",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("uscc", sa.String(length=40), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("sc_no", sa.String(length=40), nullable=True),
        sa.Column("uscc_override", sa.String(length=600), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise")),
        sa.UniqueConstraint("uscc", name=op.f("uq_enterprise_uscc")),
    )
    with op.batch_alter_table("enterprise", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enterprise_county"), ["county"], unique=False)

    op.create_table(
        "fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("private", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
    )
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fact_recorded_at"), ["recorded_at"], unique=False)

    op.create_table(
        "office",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("telephone", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_office")),
    )
    op.create_table(
        "request_key",
        sa.Column("holder", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("holder", "key", name=op.f("pk_request_key")),
    )
    op.create_table(
        "scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("door", sa.String(length=40), nullable=False),
        sa.Column("province", sa.String(length=40), nullable=True),
        sa.Column("client", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
    )
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scan_serial"), ["serial"], unique=False)

    op.create_table(
        "party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=True),
        sa.Column("kept_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_party_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["kept_by"], ["enterprise.id"], name=op.f("fk_party_kept_by_enterprise")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
        sa.UniqueConstraint("enterprise_id", name=op.f("uq_party_enterprise_id")),
    )
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_party_kept_by"), ["kept_by"], unique=False)

    op.create_table(
        "product",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("grade", sa.String(length=40), nullable=False),
        sa.Column("net_content_g", sa.BigInteger(), nullable=False),
        sa.Column("gtin", sa.String(length=40), nullable=True),
        sa.CheckConstraint("net_content_g > 0", name=op.f("ck_product_holds_something")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_product_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint(
            "enterprise_id",
            "name",
            "grade",
            "net_content_g",
            name=op.f("uq_product_enterprise_id_name_grade_net_content_g"),
        ),
        sa.UniqueConstraint("gtin", name=op.f("uq_product_gtin")),
    )
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_product_enterprise_id"), ["enterprise_id"], unique=False)

    op.create_table(
        "scale",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("no", sa.String(length=40), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=False),
        sa.Column("verified_until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_scale_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scale")),
        sa.UniqueConstraint("enterprise_id", "no", name=op.f("uq_scale_enterprise_id_no")),
    )
    with op.batch_alter_table("scale", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scale_enterprise_id"), ["enterprise_id"], unique=False)

    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=160), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=True),
        sa.Column("county", sa.String(length=40), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_user_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_user_fs_uniquifier")),
    )
    op.create_table(
        "authorisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("announcement_no", sa.String(length=40), nullable=False),
        sa.Column("right_basis", sa.String(length=40), nullable=False),
        sa.Column("scope", sa.String(length=160), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_authorisation_decided_by_user")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_authorisation_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorisation")),
    )
    with op.batch_alter_table("authorisation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_authorisation_enterprise_id"), ["enterprise_id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=True),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_decision_decided_by_user")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_decision_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_county"), ["county"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_enterprise_id"), ["enterprise_id"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("no", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("root_id", sa.Integer(), nullable=True),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=600), nullable=True),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["about_id"], ["event.id"], name=op.f("fk_event_about_id_event")),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_event_actor_id_user")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_event_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["root_id"], ["event.id"], name=op.f("fk_event_root_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("enterprise_id", "kind", "no", name=op.f("uq_event_enterprise_id_kind_no")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_about_id"), ["about_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_happened_at"), ["happened_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_root_id"), ["root_id"], unique=False)

    op.create_table(
        "grower",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("no", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("township", sa.String(length=40), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entered_by"], ["user.id"], name=op.f("fk_grower_entered_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grower")),
        sa.UniqueConstraint("no", name=op.f("uq_grower_no")),
    )
    op.create_table(
        "lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("no", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=False),
        sa.Column("season", sa.Integer(), nullable=False),
        sa.Column("plucked_from", sa.Date(), nullable=False),
        sa.Column("plucked_to", sa.Date(), nullable=False),
        sa.Column("born_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("grade", sa.String(length=40), nullable=True),
        sa.Column("leaf_grade", sa.String(length=40), nullable=True),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("pack_day", sa.Date(), nullable=True),
        sa.Column("best_before", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["origin_id"], ["enterprise.id"], name=op.f("fk_lot_origin_id_enterprise")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_lot_product_id_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("origin_id", "no", name=op.f("uq_lot_origin_id_no")),
    )
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_no"), ["no"], unique=False)
        batch_op.create_index(batch_op.f("ix_lot_origin_id"), ["origin_id"], unique=False)

    op.create_table(
        "shipment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("no", sa.String(length=40), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("carrier", sa.String(length=160), nullable=False),
        sa.Column("vehicle", sa.String(length=160), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_shipment_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["from_id"], ["party.id"], name=op.f("fk_shipment_from_id_party")),
        sa.ForeignKeyConstraint(["to_id"], ["party.id"], name=op.f("fk_shipment_to_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment")),
        sa.UniqueConstraint("enterprise_id", "no", name=op.f("uq_shipment_enterprise_id_no")),
    )
    with op.batch_alter_table("shipment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shipment_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_shipment_from_id"), ["from_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_shipment_to_id"), ["to_id"], unique=False)

    op.create_table(
        "suspension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_suspension_decided_by_user")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_suspension_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
    )
    with op.batch_alter_table("suspension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suspension_enterprise_id"), ["enterprise_id"], unique=False)

    op.create_table(
        "carton",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("no", sa.String(length=40), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_carton_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_carton_lot_id_lot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carton")),
        sa.UniqueConstraint("enterprise_id", "no", name=op.f("uq_carton_enterprise_id_no")),
    )
    with op.batch_alter_table("carton", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_carton_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_carton_lot_id"), ["lot_id"], unique=False)

    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["user.id"], name=op.f("fk_document_added_by_user")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_document_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_document_lot_id_lot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_sha256"), ["sha256"], unique=False)

    op.create_table(
        "edge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("root_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("grams <> 0 AND source_id <> target_id", name=op.f("ck_edge_moves_on")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_edge_event_id_event")),
        sa.ForeignKeyConstraint(["root_id"], ["event.id"], name=op.f("fk_edge_root_id_event")),
        sa.ForeignKeyConstraint(["source_id"], ["lot.id"], name=op.f("fk_edge_source_id_lot")),
        sa.ForeignKeyConstraint(["target_id"], ["lot.id"], name=op.f("fk_edge_target_id_lot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edge")),
    )
    with op.batch_alter_table("edge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_edge_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_edge_root_id"), ["root_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_edge_source_id"), ["source_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_edge_target_id"), ["target_id"], unique=False)

    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=600), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_finding_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_finding_event_id_event")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_finding_lot_id_lot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_code"), ["code"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_county"), ["county"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_lot_id"), ["lot_id"], unique=False)

    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_by", sa.Integer(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.Column("lift_reason", sa.String(length=600), nullable=True),
        sa.ForeignKeyConstraint(["lifted_by"], ["user.id"], name=op.f("fk_hold_lifted_by_user")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_hold_lot_id_lot")),
        sa.ForeignKeyConstraint(["placed_by"], ["user.id"], name=op.f("fk_hold_placed_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hold_lot_id"), ["lot_id"], unique=False)

    op.create_table(
        "mark_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("no", sa.String(length=40), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_by", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=600), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["lot.id"], name=op.f("fk_mark_request_batch_id_lot")),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_mark_request_decided_by_user")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_mark_request_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["filed_by"], ["user.id"], name=op.f("fk_mark_request_filed_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark_request")),
        sa.UniqueConstraint("no", name=op.f("uq_mark_request_no")),
    )
    with op.batch_alter_table("mark_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mark_request_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mark_request_enterprise_id"), ["enterprise_id"], unique=False)

    op.create_table(
        "plot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("no", sa.String(length=40), nullable=False),
        sa.Column("grower_id", sa.Integer(), nullable=False),
        sa.Column("township", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("area_mu", sa.String(length=24), nullable=False),
        sa.Column("cultivar", sa.String(length=160), nullable=True),
        sa.Column("altitude_m", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("active_from", sa.Date(), nullable=True),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entered_by"], ["user.id"], name=op.f("fk_plot_entered_by_user")),
        sa.ForeignKeyConstraint(["grower_id"], ["grower.id"], name=op.f("fk_plot_grower_id_grower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plot")),
        sa.UniqueConstraint("no", name=op.f("uq_plot_no")),
    )
    with op.batch_alter_table("plot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plot_grower_id"), ["grower_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plot_township"), ["township"], unique=False)

    op.create_table(
        "recall",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("grade", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ordered_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_recall_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_recall_lot_id_lot")),
        sa.ForeignKeyConstraint(["ordered_by"], ["user.id"], name=op.f("fk_recall_ordered_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall")),
    )
    with op.batch_alter_table("recall", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recall_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recall_lot_id"), ["lot_id"], unique=False)

    op.create_table(
        "shortage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=True),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_shortage_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_shortage_lot_id_lot")),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipment.id"], name=op.f("fk_shortage_shipment_id_shipment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortage")),
    )
    with op.batch_alter_table("shortage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shortage_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_shortage_lot_id"), ["lot_id"], unique=False)

    op.create_table(
        "carton_range",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("carton_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_carton_range_in_order")),
        sa.ForeignKeyConstraint(["carton_id"], ["carton.id"], name=op.f("fk_carton_range_carton_id_carton")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carton_range")),
    )
    with op.batch_alter_table("carton_range", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_carton_range_carton_id"), ["carton_id"], unique=False)

    op.create_table(
        "entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("root_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=True),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("shipment_id", sa.Integer(), nullable=True),
        sa.Column("plot_id", sa.Integer(), nullable=True),
        sa.Column("part", sa.String(length=40), nullable=True),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.CheckConstraint("grams <> 0", name=op.f("ck_entry_moves_something")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_entry_event_id_event")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_entry_lot_id_lot")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_entry_party_id_party")),
        sa.ForeignKeyConstraint(["plot_id"], ["plot.id"], name=op.f("fk_entry_plot_id_plot")),
        sa.ForeignKeyConstraint(["root_id"], ["event.id"], name=op.f("fk_entry_root_id_event")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_entry_shipment_id_shipment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
    )
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_entry_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_entry_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_entry_plot_id"), ["plot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_entry_root_id"), ["root_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_entry_shipment_id"), ["shipment_id"], unique=False)

    op.create_table(
        "mark_request_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("spares", sa.Integer(), nullable=False),
        sa.CheckConstraint("packs > 0 AND spares >= 0", name=op.f("ck_mark_request_line_asks_for_something")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_mark_request_line_product_id_product")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["mark_request.id"], name=op.f("fk_mark_request_line_request_id_mark_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark_request_line")),
        sa.UniqueConstraint(
            "request_id", "product_id", name=op.f("uq_mark_request_line_request_id_product_id")
        ),
    )
    with op.batch_alter_table("mark_request_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mark_request_line_request_id"), ["request_id"], unique=False)

    op.create_table(
        "plot_allowance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plot_id", sa.Integer(), nullable=False),
        sa.Column("season", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_plot_allowance_decided_by_user")),
        sa.ForeignKeyConstraint(["plot_id"], ["plot.id"], name=op.f("fk_plot_allowance_plot_id_plot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plot_allowance")),
    )
    with op.batch_alter_table("plot_allowance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plot_allowance_plot_id"), ["plot_id"], unique=False)

    op.create_table(
        "plot_work",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plot_id", sa.Integer(), nullable=False),
        sa.Column("product", sa.String(length=160), nullable=False),
        sa.Column("dose", sa.String(length=160), nullable=False),
        sa.Column("worked_on", sa.Date(), nullable=False),
        sa.Column("interval_days", sa.Integer(), nullable=False),
        sa.Column("interval_until", sa.Date(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entered_by"], ["user.id"], name=op.f("fk_plot_work_entered_by_user")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_plot_work_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["plot_id"], ["plot.id"], name=op.f("fk_plot_work_plot_id_plot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plot_work")),
    )
    with op.batch_alter_table("plot_work", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plot_work_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plot_work_plot_id"), ["plot_id"], unique=False)

    op.create_table(
        "recall_lot",
        sa.Column("recall_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_recall_lot_lot_id_lot")),
        sa.ForeignKeyConstraint(["recall_id"], ["recall.id"], name=op.f("fk_recall_lot_recall_id_recall")),
        sa.PrimaryKeyConstraint("recall_id", "lot_id", name=op.f("pk_recall_lot")),
    )
    with op.batch_alter_table("recall_lot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recall_lot_lot_id"), ["lot_id"], unique=False)

    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("report_no", sa.String(length=40), nullable=False),
        sa.Column("lab", sa.String(length=160), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("tested", sa.Text(), nullable=False),
        sa.Column("retest", sa.Boolean(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["confirmed_by"], ["user.id"], name=op.f("fk_report_confirmed_by_user")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_report_document_id_document")
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["user.id"], name=op.f("fk_report_entered_by_user")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_report_lot_id_lot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("document_id", name=op.f("uq_report_document_id")),
        sa.UniqueConstraint("report_no", name=op.f("uq_report_report_no")),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_lot_id"), ["lot_id"], unique=False)

    op.create_table(
        "shipment_carton",
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("carton_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["carton_id"], ["carton.id"], name=op.f("fk_shipment_carton_carton_id_carton")
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipment.id"], name=op.f("fk_shipment_carton_shipment_id_shipment")
        ),
        sa.PrimaryKeyConstraint("shipment_id", "carton_id", name=op.f("pk_shipment_carton")),
    )
    op.create_table(
        "mark_issue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_mark_issue_in_order")),
        sa.ForeignKeyConstraint(["batch_id"], ["lot.id"], name=op.f("fk_mark_issue_batch_id_lot")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_mark_issue_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["mark_request_line.id"], name=op.f("fk_mark_issue_line_id_mark_request_line")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_mark_issue_product_id_product")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark_issue")),
        sa.UniqueConstraint("first", name=op.f("uq_mark_issue_first")),
        sa.UniqueConstraint("last", name=op.f("uq_mark_issue_last")),
        sa.UniqueConstraint("line_id", name=op.f("uq_mark_issue_line_id")),
    )
    with op.batch_alter_table("mark_issue", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mark_issue_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mark_issue_enterprise_id"), ["enterprise_id"], unique=False)

    op.create_table(
        "mark_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("pack_lot_id", sa.Integer(), nullable=True),
        sa.Column("printed_for", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=600), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_mark_action_in_order")),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_mark_action_actor_id_user")),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["mark_issue.id"], name=op.f("fk_mark_action_issue_id_mark_issue")
        ),
        sa.ForeignKeyConstraint(["pack_lot_id"], ["lot.id"], name=op.f("fk_mark_action_pack_lot_id_lot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark_action")),
    )
    with op.batch_alter_table("mark_action", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mark_action_issue_id"), ["issue_id"], unique=False)

    op.create_table(
        "mark_span",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("pack_lot_id", sa.Integer(), nullable=True),
        sa.Column("printed_for", sa.Date(), nullable=True),
        sa.CheckConstraint("first <= last", name=op.f("ck_mark_span_in_order")),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["mark_issue.id"], name=op.f("fk_mark_span_issue_id_mark_issue")
        ),
        sa.ForeignKeyConstraint(["pack_lot_id"], ["lot.id"], name=op.f("fk_mark_span_pack_lot_id_lot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark_span")),
        sa.UniqueConstraint("first", name=op.f("uq_mark_span_first")),
        sa.UniqueConstraint("last", name=op.f("uq_mark_span_last")),
    )
    with op.batch_alter_table("mark_span", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mark_span_issue_id"), ["issue_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mark_span_pack_lot_id"), ["pack_lot_id"], unique=False)

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
    with op.batch_alter_table("print_job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_print_job_issue_id"), ["issue_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("print_job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_print_job_issue_id"))

    op.drop_table("print_job")
    with op.batch_alter_table("mark_span", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mark_span_pack_lot_id"))
        batch_op.drop_index(batch_op.f("ix_mark_span_issue_id"))

    op.drop_table("mark_span")
    with op.batch_alter_table("mark_action", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mark_action_issue_id"))

    op.drop_table("mark_action")
    with op.batch_alter_table("mark_issue", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mark_issue_enterprise_id"))
        batch_op.drop_index(batch_op.f("ix_mark_issue_batch_id"))

    op.drop_table("mark_issue")
    op.drop_table("shipment_carton")
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_lot_id"))

    op.drop_table("report")
    with op.batch_alter_table("recall_lot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recall_lot_lot_id"))

    op.drop_table("recall_lot")
    with op.batch_alter_table("plot_work", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plot_work_plot_id"))
        batch_op.drop_index(batch_op.f("ix_plot_work_enterprise_id"))

    op.drop_table("plot_work")
    with op.batch_alter_table("plot_allowance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plot_allowance_plot_id"))

    op.drop_table("plot_allowance")
    with op.batch_alter_table("mark_request_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mark_request_line_request_id"))

    op.drop_table("mark_request_line")
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entry_shipment_id"))
        batch_op.drop_index(batch_op.f("ix_entry_root_id"))
        batch_op.drop_index(batch_op.f("ix_entry_plot_id"))
        batch_op.drop_index(batch_op.f("ix_entry_party_id"))
        batch_op.drop_index(batch_op.f("ix_entry_lot_id"))
        batch_op.drop_index(batch_op.f("ix_entry_event_id"))

    op.drop_table("entry")
    with op.batch_alter_table("carton_range", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_carton_range_carton_id"))

    op.drop_table("carton_range")
    with op.batch_alter_table("shortage", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shortage_lot_id"))
        batch_op.drop_index(batch_op.f("ix_shortage_enterprise_id"))

    op.drop_table("shortage")
    with op.batch_alter_table("recall", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recall_lot_id"))
        batch_op.drop_index(batch_op.f("ix_recall_enterprise_id"))

    op.drop_table("recall")
    with op.batch_alter_table("plot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plot_township"))
        batch_op.drop_index(batch_op.f("ix_plot_grower_id"))

    op.drop_table("plot")
    with op.batch_alter_table("mark_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mark_request_enterprise_id"))
        batch_op.drop_index(batch_op.f("ix_mark_request_batch_id"))

    op.drop_table("mark_request")
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hold_lot_id"))

    op.drop_table("hold")
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_finding_lot_id"))
        batch_op.drop_index(batch_op.f("ix_finding_enterprise_id"))
        batch_op.drop_index(batch_op.f("ix_finding_county"))
        batch_op.drop_index(batch_op.f("ix_finding_code"))

    op.drop_table("finding")
    with op.batch_alter_table("edge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_edge_target_id"))
        batch_op.drop_index(batch_op.f("ix_edge_source_id"))
        batch_op.drop_index(batch_op.f("ix_edge_root_id"))
        batch_op.drop_index(batch_op.f("ix_edge_event_id"))

    op.drop_table("edge")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_sha256"))
        batch_op.drop_index(batch_op.f("ix_document_lot_id"))
        batch_op.drop_index(batch_op.f("ix_document_enterprise_id"))

    op.drop_table("document")
    with op.batch_alter_table("carton", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_carton_lot_id"))
        batch_op.drop_index(batch_op.f("ix_carton_enterprise_id"))

    op.drop_table("carton")
    with op.batch_alter_table("suspension", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_suspension_enterprise_id"))

    op.drop_table("suspension")
    with op.batch_alter_table("shipment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shipment_to_id"))
        batch_op.drop_index(batch_op.f("ix_shipment_from_id"))
        batch_op.drop_index(batch_op.f("ix_shipment_enterprise_id"))

    op.drop_table("shipment")
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lot_origin_id"))
        batch_op.drop_index(batch_op.f("ix_lot_no"))

    op.drop_table("lot")
    op.drop_table("grower")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_root_id"))
        batch_op.drop_index(batch_op.f("ix_event_happened_at"))
        batch_op.drop_index(batch_op.f("ix_event_enterprise_id"))
        batch_op.drop_index(batch_op.f("ix_event_about_id"))

    op.drop_table("event")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_enterprise_id"))
        batch_op.drop_index(batch_op.f("ix_decision_county"))

    op.drop_table("decision")
    with op.batch_alter_table("authorisation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_authorisation_enterprise_id"))

    op.drop_table("authorisation")
    op.drop_table("user")
    with op.batch_alter_table("scale", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scale_enterprise_id"))

    op.drop_table("scale")
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_product_enterprise_id"))

    op.drop_table("product")
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_party_kept_by"))

    op.drop_table("party")
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scan_serial"))

    op.drop_table("scan")
    op.drop_table("request_key")
    op.drop_table("office")
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fact_recorded_at"))

    op.drop_table("fact")
    with op.batch_alter_table("enterprise", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enterprise_county"))

    op.drop_table("enterprise")
    op.drop_table("counter")
