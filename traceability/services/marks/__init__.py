"""Use cases of the mark ledger: request, confirm and approve, issue, print, and how marks end."""

from traceability.services.marks.deciding import approve_request, current_key, issue_marks, refuse_request
from traceability.services.marks.ending import (
    lapse_marks,
    report_lost,
    restore_marks,
    return_marks,
    void_marks,
)
from traceability.services.marks.jobs import (
    Material,
    Preview,
    preview_marks,
    print_job,
    print_job_named,
    print_jobs,
    print_material,
)
from traceability.services.marks.printing import (
    check_hand_over,
    declare_undelivered,
    finish_print_job,
    hand_over_file,
    keep_print_file,
    open_print_job,
    stop_print_job,
)
from traceability.services.marks.reading import (
    IssuedRange,
    counts,
    free_for_request,
    issued_ranges,
    request,
    requests,
)
from traceability.services.marks.requesting import (
    check_room,
    request_in,
    request_marks,
    room,
    withdraw_request,
)
from traceability.store.marks import PrintFile, PrintJob

__all__ = [
    "IssuedRange",
    "Material",
    "Preview",
    "PrintFile",
    "PrintJob",
    "approve_request",
    "check_hand_over",
    "check_room",
    "counts",
    "current_key",
    "declare_undelivered",
    "finish_print_job",
    "free_for_request",
    "hand_over_file",
    "issue_marks",
    "issued_ranges",
    "keep_print_file",
    "lapse_marks",
    "open_print_job",
    "preview_marks",
    "print_job",
    "print_job_named",
    "print_jobs",
    "print_material",
    "refuse_request",
    "report_lost",
    "request",
    "request_in",
    "request_marks",
    "requests",
    "restore_marks",
    "return_marks",
    "room",
    "stop_print_job",
    "void_marks",
    "withdraw_request",
]
