"""Every table, and what the log says of it. A table that is missing here fails a test."""

from collections.abc import Mapping

#: Rows told one by one: whatever a change adds, changes or takes out here stands in its fact (`domain.replay.telling`).
TOLD = frozenset(
    {
        "allowance_confirmation", "allowance_request", "application", "application_document",
        "application_step", "artwork", "authorisation", "carton", "carton_range", "complaint",
        "complaint_contact", "complaint_photo", "complaint_step", "county_boundary", "decision", "document",
        "document_withdrawal", "doubt", "doubt_photo", "enterprise", "finding", "finding_step", "grower",
        "hold", "inspection_inspector", "inspection_line", "inspection_plan", "inspection_step",
        "inspection_visit", "invitation", "log_cosignature", "log_witness", "mark_action", "mark_issue",
        "mark_request", "mark_request_line", "office", "party", "plot", "plot_allowance", "plot_change",
        "plot_work", "print_file", "print_job", "print_range", "product", "recall", "recall_drill",
        "recall_holder", "recall_lot", "recall_notice", "refused_slip", "report", "sample", "sample_report",
        "sample_step", "sample_verdict", "scale", "scale_verification", "shipment", "shipment_carton",
        "shortage", "suspension", "user",
    }
)  # fmt: skip

#: Rows that follow from the facts of bookings (`domain.replay.chain`); what is changed of a lot later (graded lower,
#: closed) is told like everything else.
BOOKED = frozenset({"event", "lot", "entry", "edge"})

#: Kept for speed, and made again from other tables.
MADE: Mapping[str, str] = {"mark_span": "mark_action", "book_line": "entry"}

#: What the log says nothing of, and why.
NOTES: Mapping[str, str] = {
    "counter": "running numbers; a number given twice is refused where it is used",
    "fact": "the log itself, checked against its tree",
    "log_checkpoint": "the log itself: signed, and checked against its leaves",
    "log_leaf": "the log itself, checked against its tree",
    "log_tile": "the log itself, made again from its leaves",
    "request_key": "answers to requests that may come again",
    "scan": "looks at marks, thousands a day and no decision of anybody; thinned out with time",
    "scan_tally": "scans summed for speed",
    "unsealed": "which facts wait for their number in the log; the check of the log looks at it",
}

#: Columns of those tables the log says nothing of, and why.
UNSAID: Mapping[tuple[str, str], str] = {
    ("complaint_contact", "telephone"): "erased when the complaint is closed, so no fact may keep it",
    ("user", "password"): "the owner's, changed at the sign-in",
    ("user", "fs_uniquifier"): "ends sessions",
    ("user", "last_seen_at"): "a note of the sign-in",
    ("user", "tf_primary_method"): "the owner's second factor",
    ("user", "tf_totp_secret"): "the owner's second factor",
    ("user", "tf_last_counter"): "the owner's second factor",
    ("user", "tf_wrong_codes"): "counted at the sign-in",
    ("user", "tf_wrong_at"): "counted at the sign-in",
    ("entry", "id"): "only orders the entries of an event, and the order is compared",
    ("edge", "id"): "only orders the edges of an event, and the order is compared",
    ("mark_span", "id"): "nothing refers to it",
}

#: Told by their SHA-256, as files are: what people outside wrote, which no fact may hold, and a text of many kilobytes.
BY_DIGEST = frozenset(
    {
        ("complaint", "words"),
        ("complaint_step", "words"),
        ("county_boundary", "area"),
        ("doubt", "answer"),
        ("doubt", "words"),
    }
)
